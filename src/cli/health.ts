import {messageOf} from '../base/errors.ts'
import {shortSha} from '../base/words.ts'
import {isBudgetLow, tighterQuota} from '../model/spending/api-budget.ts'
import type {DaemonState} from '../protocol/daemon.ts'
import type {CommandContext, DaemonConnection} from './context.ts'

export type Check = {name: string; ok: boolean; detail: string}

/** Checks daemon, host, GitHub, API budget and hub for a monitor. Starts and changes nothing. */
export async function checkHealth(
  context: CommandContext,
  daemon: DaemonConnection | undefined,
  state: DaemonState | null,
): Promise<Check[]> {
  const host = await context.runningHost()
  return [
    {
      name: 'daemon',
      ok: daemon !== undefined,
      detail: daemon ? `pid ${daemon.peer.pid}, version ${daemon.peer.version}` : 'does not run: clambake daemon start',
    },
    {
      name: 'host',
      ok: host !== undefined,
      detail: host ? `pid ${host.peer.pid}, version ${host.peer.version}` : 'does not run; it starts with the daemon',
    },
    ...(state ? [github(state), budget(state)] : []),
    ...(daemon ? [await hub(daemon)] : []),
  ]
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
  return checks.map(({name, ok, detail}) => `${ok ? '✓' : '✗'} ${name.padEnd(width)}  ${detail}`).join('\n')
}
