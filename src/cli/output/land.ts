import {safeLine} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import type {LandPlan, TicketGate} from '../../protocol/daemon.ts'
import {gateText} from './gate.ts'

/** A ticket that did not land, with what the gate says of it. */
export type NotLanded = {ticket: number; reason: string; gate: TicketGate['gate']}

export async function refusal({ticket, reason, gate}: NotLanded): Promise<string[]> {
  return [`#${ticket} did not land: ${reason}`, ...(await gateText(gate))]
}

/** What the merge gate says of every ticket whose pull request is open. */
export async function answers({gates}: LandPlan): Promise<string[]> {
  const texts = await Promise.all(
    gates.map(async ({ticket, title, pull, gate}) => [
      `#${ticket}  ${safeLine(title)}  pull request #${pull}`,
      ...(await gateText(gate)),
    ]),
  )
  return texts.flat()
}

export function boarding({board}: LandPlan): string[] {
  return board.map(({ticket, title, agent, commits, added, removed, alone}) => {
    const how = alone === null ? 'in the bundle' : `alone: ${safeLine(alone)}`
    return `#${ticket}  ${safeLine(title)}  ${agent}  ${count(commits, 'commit')}  +${added} −${removed}  ${how}`
  })
}

/** The train that is under way, and why none departs. */
export function trainLines({train: {text, paused}}: LandPlan): string[] {
  return [
    ...(text === null ? [] : [`under way: ${safeLine(text)}`]),
    ...(paused === null ? [] : [`the train is paused: ${safeLine(paused)}`]),
  ]
}

export function putOff(plan: LandPlan): string[] {
  return [
    ...plan.again.map(({ticket, title, reason}) => `looked at again  #${ticket}  ${title}: ${reason}`),
    ...plan.putOff.map(({ticket, title, reason}) => `put off  #${ticket}  ${title}: ${reason}`),
  ]
}
