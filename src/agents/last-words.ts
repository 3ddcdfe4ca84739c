import {redact} from '../base/redact.ts'
import {safeLine, truncate} from '../base/text.ts'
import type {AgentEnd, PaneInfo} from '../model/data/pane.ts'
import type {HostGateway} from '../model/gateways/host.ts'
import {blockedOnScreen} from './blocked.ts'

/** An error message is among the last lines; more of them would not fit a reason. */
const LINES = 20
const SHOWN_LINES = 3
const SHOWN_WIDTH = 240

/** How an agent's program ended, with the end of what it wrote; without words if the host has them no more. */
export async function endOf(host: Pick<HostGateway, 'text'>, info: PaneInfo | null): Promise<AgentEnd> {
  if (info === null) return {code: -1, signal: null, words: '', blocked: null}
  const {pane, meta, exit} = info
  const text = await host.text(pane, LINES).catch(() => '')
  // One that reports by signals says in them that it is blocked; its screen also shows what others wrote.
  const blocked = meta.state === 'signals' ? null : blockedOnScreen(text)
  return {code: exit?.code ?? -1, signal: exit?.signal ?? null, words: lastWords(text), blocked}
}

function lastWords(text: string): string {
  const lines = text.split('\n').map(line => safeLine(redact(line)).trim())
  return truncate(
    lines
      .filter(line => /[\p{L}\p{N}]/u.test(line))
      .slice(-SHOWN_LINES)
      .join(' · '),
    SHOWN_WIDTH,
  )
}
