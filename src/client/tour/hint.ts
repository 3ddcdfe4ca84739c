import {safeLine} from '../../base/text.ts'
import {shortAgent} from '../../model/data/ids.ts'
import type {CommandId} from '../commands/bindings.ts'
import type {ClientState} from '../state/state.ts'

/** Each of the general hints is shown for so long. */
const HINT_MS = 8000

/** What a hint is made from; it does not need the rest of the state. */
export type Seen = Pick<ClientState, 'agents' | 'tickets' | 'conflicts' | 'header' | 'now'>

/**
 * One line for somebody who sees the program for the first time: what is happening, and which key to try. What waits for
 * the person comes first, then what is worth a look, then what can always be done. `key` names the key of a command.
 */
export function tourHint({agents, tickets, conflicts, header, now}: Seen, key: (command: CommandId) => string): string {
  const asking = agents.find(({asks}) => asks !== null)
  if (asking?.asks) {
    const {kind, input} = asking.asks
    const what =
      kind === 'question'
        ? 'has a question for you'
        : `asks before it runs ${safeLine(input.replace(/^command: /, ''))}`
    return `${shortAgent(asking.agent)} ${what}: ${key('app.next-attention')} goes there, ${key('agent.answer')} answers`
  }
  const forAgents = tickets.filter(({gate, phase}) => phase !== 'ready' || gate === null || gate.kind !== 'human')
  if (forAgents.length > 0 && forAgents.every(({phase}) => phase === 'merged')) {
    return `everything is on main: ${key('row.open')} on an issue shows how it got there, ${key('app.quit')} ends the demo`
  }
  const repaired = tickets.find(({detail}) => detail === 'repair')
  if (repaired)
    return `#${repaired.number} went back to its agent with what went wrong: ${key('row.open')} on it says why`
  if (header?.train.stage === 'testing' && header.train.aboard.length > 1) {
    const aboard = header.train.aboard.map(ticket => `#${ticket}`).join(' ')
    return `${aboard} are tested together, as one pull request: ${key('row.diff')} on it shows the changes`
  }
  const [clash] = conflicts
  if (clash?.one.ticket != null && clash.other?.ticket != null) {
    const {one, other} = clash
    return `#${one.ticket} and #${other.ticket} would conflict, seen before anything lands: 3 and ${key('row.open')} show both sides`
  }
  const general = [
    `each agent has a worktree of its own: ${key('row.open')} opens its terminal, ${key('agent.detach')} leaves it`,
    `finished work waits for the train, which tests it together: ${key('train.land')} lands it now`,
    `${key('app.help')} shows the keys of where you are, ${key('app.palette')} finds every command`,
  ]
  return agents.some(({pane}) => pane !== null) || tickets.some(({phase}) => phase === 'merged')
    ? general[Math.floor(now / HINT_MS) % general.length]!
    : 'agents claim issues labelled route:ready, and work beside each other'
}
