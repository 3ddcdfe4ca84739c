import {hasCode, toErrorData} from '../../base/errors.ts'
import type {FactOf} from '../../model/core/facts.ts'
import type {AgentId} from '../../model/data/ids.ts'
import type {PaneInfo} from '../../model/data/pane.ts'
import type {TakenMail} from '../../model/gateways/hub.ts'
import {type AgentGateways, promptedNow} from '../gateways.ts'
import {isClaude} from '../profile.ts'
import {deliverPrompt} from '../terminal/deliver.ts'

type Prompt = {
  info: PaneInfo
  ticket: number
  agent: AgentId
  text: string
  what: string
  /** It is messages, which are kept, and not a task. */
  adds?: boolean
}

/** Gives a prompt, and notes in the hub whether the mail in it has begun a turn or is due again. */
export async function deliver(
  gateways: AgentGateways,
  {mail, ...prompt}: Prompt & {mail: TakenMail | null},
): Promise<Delivery> {
  let outcome: Delivery | null = null
  try {
    outcome = await typePrompt(gateways, prompt)
    return outcome
  } finally {
    if (mail !== null) {
      if (outcome === 'taken') gateways.mail.begun(mail)
      else await gateways.mail.takeBack(mail)
    }
  }
}

/** `gone`: the agent's process ended first. A fact: its input line is in use, or its client does not take the prompt. */
type Delivery = 'taken' | 'gone' | FactOf<'agentNotReady'>

async function typePrompt(
  {host, hub, clock, config}: AgentGateways,
  {info, ticket, agent, text, what, adds}: Prompt,
): Promise<Delivery> {
  const {pane} = info
  const acknowledged = info.meta.state === 'signals'
  // Another profile may have been chosen since its start.
  const {client = isClaude(config) ? 'claude' : 'other'} = info.meta
  const line = acknowledged && client === 'claude'
  try {
    const outcome = await deliverPrompt({host, pane, text, clock, acknowledged, line, ...(adds && {adds})})
    if (outcome === 'taken' && !acknowledged) await host.note(pane, promptedNow(clock))
    return outcome
  } catch (error) {
    const isStuck = adds && hasCode(error, 'prompt-not-taken')
    if (!isStuck && !hasCode(error, 'input-line-taken')) throw error
    const {message, next} = toErrorData(error)
    hub.append({
      type: 'status_update',
      ticket,
      agent,
      severity: 'warning',
      message: `${what} waits: ${message}; ${next}`,
    })
    return {type: 'agentNotReady', ticket, agent, pane, for: adds ? 'messages' : 'task', ...(isStuck && {isStuck})}
  }
}
