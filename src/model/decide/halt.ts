import type {Draft} from '../core/draft.ts'
import type {FactHandlers} from '../core/fact-handlers.ts'
import {
  type Halt,
  type HaltState,
  haltNext,
  haltOf,
  haltReason,
  isLiftable,
  type NoticedCause,
  rewriteCause,
  without,
} from '../landing/halt.ts'

type HaltFact = 'mainRewritten' | 'haltSeen' | 'haltWritten' | 'haltLifted' | 'mainHeld'

/** Stops landing for all daemons of the repository until a person lifts the halt. */
export const haltFacts: FactHandlers<HaltFact> = {
  mainRewritten(draft, {from, to}) {
    noteCause(draft, rewriteCause({from, to}))
  },
  haltSeen(draft, {halt}) {
    change(draft, {...draft.state.halt, seen: halt})
    // Its writing failed, or has not ended yet; it is safe to repeat.
    for (const noticed of without(draft.state.halt.noticed, halt?.causes ?? [])) {
      draft.effects.push({name: 'haltLanding', noticed})
    }
  },
  haltWritten(draft, {cause, halt}) {
    change(draft, {...draft.state.halt, seen: halt, noticed: without(draft.state.halt.noticed, [cause])})
  },
  mainHeld(draft, {held}) {
    const before = draft.state.halt.held ?? null
    if (before?.reason === held?.reason) return
    change(draft, {...draft.state.halt, held})
    if (held !== null || before === null) return
    const message = `main is no longer held by ${before.by}`
    draft.effects.push({name: 'record', event: {type: 'status_update', message}})
  },
  haltLifted(draft, {causes, by}) {
    const {seen, noticed} = draft.state.halt
    const left = without(seen?.causes ?? [], causes)
    change(draft, {
      ...draft.state.halt,
      seen: seen && left.length > 0 ? {...seen, causes: left} : null,
      noticed: without(noticed, causes),
    })
    const message = `${by} lifted the halt of landing: ${causes.map(({reason}) => reason).join('; ')}`
    draft.effects.push({name: 'record', event: {type: 'status_update', severity: 'warning', message}})
  },
}

/** Notes why landing is halted, as this daemon saw it itself; once. */
export function noteCause(draft: Draft, noticed: NoticedCause): void {
  const {halt} = draft.state
  if (without([noticed], haltOf(halt)?.causes ?? []).length === 0) return
  change(draft, {...halt, noticed: [...halt.noticed, noticed]})
  draft.effects.push({name: 'haltLanding', noticed})
}

/** Tells a person of what is new, and looks at what was about to merge again. */
function change(draft: Draft, halt: HaltState): void {
  const before = haltOf(draft.state.halt)
  const after = haltOf(halt)
  draft.state = {...draft.state, halt}
  if (after === null) return
  const causes = without(after.causes, before?.causes ?? [])
  if (causes.length > 0) announce(draft, {...after, causes})
  if (before !== null) return
  for (const {value, context} of Object.values(draft.state.tickets)) {
    const {issue, pull} = context
    if (value === 'mergeable') draft.effects.push({name: 'watchPull', ticket: issue, pull: pull ?? 0})
  }
}

function announce(draft: Draft, halt: Halt): void {
  const text = `${haltReason(halt)}, so nothing lands now`
  draft.effects.push(
    {
      name: 'record',
      event: {type: 'status_update', severity: isLiftable(halt) ? 'critical' : 'warning', message: text},
    },
    {
      name: 'notify',
      level: isLiftable(halt) ? 'error' : 'warning',
      text,
      kept: halt.causes.some(({kind}) => kind === 'rewrite')
        ? 'the old tip of main, in refs/clambake/rescue/ of this clone'
        : 'main as it is',
      next: haltNext(halt),
    },
  )
}
