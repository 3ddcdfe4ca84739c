import {type Draft, moveTicket} from '../core/draft.ts'
import type {Treatment} from '../core/treatment.ts'
import {goneOfBlocked} from './diagnosis.ts'
import {leftLabels} from './label-findings.ts'
import {heldSlots} from './slot-findings.ts'

/**
 * Treats contradictions that a look at GitHub shows, where that is safe. Claims and issues are not read in the same
 * moment, so only a contradiction that the next look shows again is treated, and only once while it lasts.
 */
export function heal(draft: Draft): void {
  const {state, at} = draft
  const suspects = [...leftLabels(state, null), ...heldSlots(state, at)].flatMap(({cure}) =>
    cure.by === 'command' ? [cure.treatment] : [],
  )
  const gone = goneOfBlocked(state).map((pull): Treatment => ({do: 'look-at-pull', ...pull}))
  const symptoms: Record<string, 'seen' | 'treated'> = {}
  for (const treatment of [...suspects, ...gone]) {
    const key = keyOf(treatment)
    const before = state.symptoms[key]
    symptoms[key] = before === undefined ? 'seen' : 'treated'
    if (before === 'seen') treat(draft, treatment, 'by itself')
  }
  draft.state = {...draft.state, symptoms}
}

/** Asks for the effects of a treatment, if the decisions can carry it out; `by`: who asked for it. */
export function treat(draft: Draft, treatment: Treatment, by: string): void {
  switch (treatment.do) {
    case 'clear-labels': {
      const {issue: ticket, remove} = treatment
      draft.effects.push({name: 'clearLabels', ticket, remove, by})
      return
    }
    case 'look-at-pull':
      draft.effects.push({name: 'watchPull', ticket: treatment.issue, pull: treatment.pull})
      return
    case 'note-end': {
      const {issue, agent} = treatment
      const message = `${agent} has no process any more, and its work on #${issue} is looked at, ${by}`
      draft.effects.push({
        name: 'record',
        event: {type: 'status_update', agent, ticket: issue, severity: 'warning', message},
      })
      moveTicket(draft, issue, {type: 'exited'})
      return
    }
    case 'free-slot': {
      const {issue: ticket, agent} = treatment
      const message = `${agent} still had #${ticket}, which needs no agent: its process is ended again, ${by}`
      draft.effects.push(
        {name: 'record', event: {type: 'status_update', agent, ticket, severity: 'warning', message}},
        {name: 'stopAgent', ticket, agent},
      )
    }
  }
}

/** Forgets a treatment that failed, so that two more looks may try it again. */
export function forgetTreatment(draft: Draft, treatment: Treatment): void {
  const {[keyOf(treatment)]: _, ...symptoms} = draft.state.symptoms
  draft.state = {...draft.state, symptoms}
}

function keyOf(treatment: Treatment): string {
  return Object.values(treatment).join(' ')
}
