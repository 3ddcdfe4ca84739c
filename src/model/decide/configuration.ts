import {newAgent} from '../agent/agent.ts'
import type {Draft} from '../core/draft.ts'
import type {FactHandlers} from '../core/fact-handlers.ts'
import type {ConfigurationFact} from '../core/facts.ts'
import {modeAfter} from '../core/mode.ts'
import {freeAgents} from '../core/slots.ts'
import {type State, slotsOf} from '../core/state.ts'
import {changedKeys} from '../data/config/in-force.ts'
import type {Config} from '../data/config.ts'
import {withIssues} from '../routing/queue.ts'
import {ticketRules} from '../ticket/context.ts'
import {deliverToIdle} from './messages.ts'

export const configurationFacts: FactHandlers<ConfigurationFact['type']> = {
  configurationChanged(draft, {config, profileFault = null}) {
    const state = {...draft.state, profileFault}
    const changed = changedKeys(state.config, config)
    draft.state = state
    if (changed.length === 0) return
    const rules = ticketRules(config)
    const tickets = Object.fromEntries(
      Object.entries(state.tickets).map(([issue, {value, context}]) => [
        issue,
        {value, context: {...context, ...rules}},
      ]),
    )
    const usualMode = modeAfter(state.usualMode, state.config, config)
    // A pass keeps its mode until its end.
    const mode = state.mode === state.usualMode ? usualMode : state.mode
    draft.state = withIssues({...state, config, usualMode, mode, tickets, queue: []}, state.issues)
    const message = `clambake.toml is taken up: ${changed.join(', ')}`
    draft.effects.push(
      {name: 'record', event: {type: 'status_update', message}},
      {name: 'notify', level: 'info', text: message, kept: 'agents at work continue'},
    )
    draft.state = {...draft.state, train: withoutLimit(state, config)}
    // More turns may be allowed now.
    if (changed.includes('hub.max_mail_turns'))
      for (const issue of Object.keys(tickets)) deliverToIdle(draft, Number(issue))
  },
  profileChecked(draft, {fault}) {
    draft.state = {...draft.state, profileFault: fault}
  },
}

/** The train, which continues where it was paused by a limit that is higher now: that is a person's word. */
function withoutLimit({train, config: before}: State, after: Config): State['train'] {
  const isRaised = after.landing.trials_per_hour > before.landing.trials_per_hour
  return train.paused?.kind === 'trials' && isRaised ? {...train, paused: null} : train
}

/**
 * Makes as many slots as the configuration wants. A slot that is too many is removed once it is free, so that nothing is
 * stopped; until then its ticket keeps it.
 */
export function fitSlots(draft: Draft): void {
  const {agents, config} = draft.state
  const wanted = slotsOf(config)
  const missing = wanted.filter(id => !agents[id])
  const surplus = freeAgents(draft.state).filter(id => !wanted.includes(id))
  if (missing.length === 0 && surplus.length === 0) return
  const kept = Object.values(agents).filter(({context: {agent}}) => !surplus.includes(agent))
  const all = [...kept, ...missing.map(id => newAgent(id, draft.at))]
  const sorted = all.toSorted((one, other) => (one.context.agent < other.context.agent ? -1 : 1))
  draft.state = {...draft.state, agents: Object.fromEntries(sorted.map(slot => [slot.context.agent, slot]))}
}
