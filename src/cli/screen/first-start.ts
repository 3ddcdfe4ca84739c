import {existsSync} from 'node:fs'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {ensurePrivateFolder} from '../../base/paths.ts'
import type {SetupCheck} from '../../client/state/dialog.ts'
import type {CommandContext} from '../context.ts'
import type {Finding} from '../doctor/finding.ts'

/** A file in the repository's state folder that says that the screen was opened here before. */
const SEEN = 'seen'

/**
 * Checks on the first start in a repository what needs no time: the configuration, and the programs that agents run.
 * Gives nothing on later starts. A missing token or remote ends the start before these checks.
 */
export async function firstStartChecks(context: CommandContext): Promise<readonly SetupCheck[]> {
  const {paths} = await context.place()
  const seen = join(paths.folder, SEEN)
  if (existsSync(seen)) return []
  ensurePrivateFolder(paths.folder)
  await writeFile(seen, '')
  const {quickFindings} = await import('../doctor/setup.ts')
  return (await quickFindings(context)).map(asCheck)
}

/** Everything that `doctor` finds to be mended, in its words. */
export async function doctorChecks(context: CommandContext): Promise<readonly SetupCheck[]> {
  const {runDoctor} = await import('../doctor/run.ts')
  const findings = await runDoctor(context)
  return (['bad', 'hint'] as const).flatMap(wanted => findings.filter(({state}) => state === wanted)).map(asCheck)
}

function asCheck({detail, state, mend}: Pick<Finding, 'detail' | 'state' | 'mend'>): SetupCheck {
  return {name: detail, ok: state === 'good', hint: mend ?? ''}
}
