import {join} from 'node:path'
import {machineError, messageOf} from '../../base/errors.ts'
import {faultIn} from '../../base/machine/faults.ts'
import {ANY_EXIT_CODE, isTimeout, run} from '../../base/run.ts'
import type {Context} from '../context.ts'

/** A slow disk has the writes of all agents to take first. */
const LONGEST_MS = 5 * 60_000

/**
 * Waits until all that git wrote into this clone is on the disk. Git itself leaves new objects and refs to the system for
 * half a minute: after a loss of power they would be empty files, while what they keep was deleted. Where the system has
 * no such program, nothing is waited for. Throws `disk-broken` when the disk does not take it.
 */
export async function reachDisk({commonDir}: Pick<Context, 'commonDir'>): Promise<void> {
  // Elsewhere the program has no option for one file system.
  const args = process.platform === 'linux' ? ['-f', join(commonDir, 'objects')] : []
  const env = {PATH: process.env.PATH, LC_ALL: 'C'}
  let said: string
  try {
    said = (await run('sync', {args, env, timeoutMs: LONGEST_MS, accept: ANY_EXIT_CODE})).stderr
  } catch (error) {
    if (isTimeout(error))
      throw machineError('disk-broken', `${commonDir} was not written in ${LONGEST_MS / 60_000} minutes`)
    said = messageOf(error)
  }
  const fault = faultIn(said)
  if (fault !== null) throw machineError(fault, `what is saved in ${commonDir} does not reach the disk (${said})`)
}
