import {statfs} from 'node:fs/promises'
import {isSystemError, messageOf} from '../base/errors.ts'
import {safeLine} from '../base/text.ts'
import {count, shortSha} from '../base/words.ts'
import {isBudgetLow, tighterQuota} from '../model/spending/api-budget.ts'
import type {DaemonState} from '../protocol/daemon.ts'
import {isOtherBuild} from '../protocol/hello.ts'
import {type CommandContext, type DaemonConnection, helloOf} from './context.ts'
import {attention} from './output/status.ts'

export type Check = {name: string; ok: boolean; detail: string}

/** The state, and why it could not be read. */
type Read = {state: DaemonState | null; unread: string | null}

/** Free space below which work may stop for want of it. */
const LEAST_FREE_BYTES = 1e9

/** Checks all that Clambake works with, for a monitor. Starts and changes nothing. */
export async function checkHealth(
  context: CommandContext,
  daemon: DaemonConnection | undefined,
  {state, unread}: Read,
): Promise<Check[]> {
  const host = await context.runningHost()
  const {paths} = await context.place()
  return [
    {
      name: 'daemon',
      ok: daemon !== undefined,
      detail: daemon
        ? `pid ${daemon.peer.pid}, version ${daemon.peer.version}${buildNote(daemon)}`
        : 'does not run: clambake daemon start',
    },
    {
      name: 'host',
      ok: host !== undefined,
      detail: host ? `pid ${host.peer.pid}, version ${host.peer.version}` : 'does not run; it starts with the daemon',
    },
    ...(state ? [github(state), budget(state)] : []),
    ...(unread === null ? [] : [{name: 'github', ok: false, detail: unread}]),
    ...(daemon ? [await hub(daemon)] : []),
    ...(state ? [landing(state), people(state)] : []),
    await configuration(context),
    await disk(paths.state),
  ]
}

function buildNote({peer}: DaemonConnection): string {
  return isOtherBuild(helloOf('command'), peer) ? ', of another build than this program: clambake daemon restart' : ''
}

async function configuration(context: CommandContext): Promise<Check> {
  const name = 'configuration'
  try {
    await context.surrounding()
    return {name, ok: true, detail: 'can be read'}
  } catch (error) {
    return {name, ok: false, detail: messageOf(error)}
  }
}

function landing({header: {halted, train}}: DaemonState): Check {
  const stopped = halted ?? (train.paused === null ? null : `the train is paused: ${train.paused}`)
  return {name: 'landing', ok: stopped === null, detail: stopped ?? train.text ?? 'nothing holds it'}
}

function people(state: DaemonState): Check {
  const waiting = attention(state)
  const [first] = waiting
  const detail = first === undefined ? 'nothing needs you' : `${count(waiting.length, 'ticket')} need you: ${first}`
  return {name: 'tickets', ok: first === undefined, detail}
}

async function disk(folder: string): Promise<Check> {
  const name = 'disk'
  try {
    const {bavail, bsize} = await statfs(folder)
    const free = bavail * bsize
    return {name, ok: free >= LEAST_FREE_BYTES, detail: `${(free / 1e9).toFixed(1)} GB free for state and worktrees`}
  } catch (error) {
    // Before the first start there is no folder.
    if (isSystemError(error, 'ENOENT')) return {name, ok: true, detail: 'no state yet'}
    return {name, ok: false, detail: messageOf(error)}
  }
}

function github({header: {main, troubles}}: DaemonState): Check {
  const [trouble] = troubles
  if (trouble !== undefined) return {name: 'github', ok: false, detail: trouble}
  return {name: 'github', ok: main !== null, detail: main === null ? 'not seen yet' : `main ${shortSha(main)}`}
}

function budget({header: {api}}: DaemonState): Check {
  if (!api || api.limit === 0) return {name: 'api budget', ok: true, detail: 'not known yet'}
  const {remaining, limit, unit} = tighterQuota(api)
  return {name: 'api budget', ok: !isBudgetLow(api), detail: `${remaining} of ${limit} ${unit} left`}
}

async function hub(daemon: DaemonConnection): Promise<Check> {
  try {
    const instances = await daemon.call('who', {})
    return {name: 'hub', ok: true, detail: `${instances.length} at work`}
  } catch (error) {
    return {name: 'hub', ok: false, detail: messageOf(error)}
  }
}

export function healthText(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({name}) => name.length))
  return checks.map(({name, ok, detail}) => `${ok ? '✓' : '✗'} ${name.padEnd(width)}  ${safeLine(detail)}`).join('\n')
}
