import type {Draft} from '../core/draft.ts'
import type {FactHandlers} from '../core/fact-handlers.ts'
import type {RoutingFact} from '../core/facts.ts'
import type {Issue} from '../data/issue.ts'
import {survey} from './predictions.ts'
import {withIssues, withTerrain} from './queue.ts'

/** GitHub may still list an issue as open this long after its ticket merged. */
const REOPENED_MS = 2 * 60_000
/** Merged tickets that are kept; a person looks through no more. */
const MERGED_KEPT = 300

export const routingFacts: FactHandlers<RoutingFact['type']> = {
  githubSeen(draft, {issues, pulls, main}) {
    forgetMerged(draft, issues)
    draft.state = withIssues({...draft.state, pulls, main}, issues)
  },
  mainSurveyed(draft, {files, merged}) {
    draft.state = withTerrain(draft.state, survey(files, merged))
  },
  changesSeen(draft, {changes}) {
    draft.state = {...draft.state, changes}
  },
  diskMeasured(draft, {bytes}) {
    draft.state = {...draft.state, disk: bytes}
  },
  modeChosen(draft, {mode}) {
    draft.state = {...draft.state, mode: mode ?? draft.state.usualMode}
  },
  popAsked(draft, {type: _type, ...pop}) {
    const {[pop.issue]: _refused, ...refused} = draft.state.refused
    draft.state = {...draft.state, refused, asked: [...draft.state.asked, pop]}
  },
}

/**
 * Forgets merged tickets, which are only written: one whose issue was opened again makes room for a new claim, and the
 * oldest of very many go because every decision of a daemon that runs for weeks walks through all of them.
 */
function forgetMerged(draft: Draft, issues: readonly Issue[]): void {
  const open = new Set(issues.map(({number}) => number))
  const merged = Object.values(draft.state.tickets)
    .filter(({value}) => value === 'merged')
    .sort((one, other) => other.context.since - one.context.since)
  const past = merged.filter(
    ({context: {issue, since}}, index) => index >= MERGED_KEPT || (open.has(issue) && draft.at - since >= REOPENED_MS),
  )
  if (past.length === 0) return
  const [tickets, written] = [{...draft.state.tickets}, {...draft.state.written}]
  for (const {context} of past) {
    delete tickets[context.issue]
    delete written[context.issue]
  }
  draft.state = {...draft.state, tickets, written}
}
