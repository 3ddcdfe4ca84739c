import {ClambakeError} from '../../base/errors.ts'
import {safeLine} from '../../base/text.ts'
import type {State} from '../../model/core/state.ts'
import type {StoredEvent} from '../../model/data/event.ts'
import {isTooLate} from '../../model/decide/messages.ts'
import {silenceText} from '../../model/hub/supervisor.ts'
import {gateRows} from '../../model/landing/gate/rows.ts'
import type {WhyAnswer} from '../../protocol/daemon.ts'
import {type ApiParts, assertAgent, type Handlers} from './parts.ts'
import {explain, ticketAbout} from './why.ts'
import {workOf} from './work-of.ts'

/** The methods that read one issue, pull request, agent or list. */
export function readHandlers(
  parts: ApiParts,
): Handlers<'issue' | 'pull' | 'diff' | 'claims' | 'events' | 'history' | 'why' | 'who'> {
  const {engine, git, github, hub, clock, owner, reconciler} = parts

  async function discussion(number: number) {
    const found = await github.discussion(number)
    if (found) return found
    throw new ClambakeError({
      code: 'unknown-issue',
      message: `There is no issue or pull request #${number}`,
      next: 'clambake peek lists the open issues',
    })
  }

  const gateOf = (number: number) => gateRows(ticketAbout(engine.state(), number)?.context.gate ?? [])

  return {
    issue: async ({number}) => ({...(await discussion(number)), gate: gateOf(number)}),

    async pull({number}) {
      const [found, pull] = await Promise.all([discussion(number), github.pull(number)])
      const [review, checks] = await Promise.all([github.review(number), github.checkRows(pull.head.sha)])
      return {
        ...found,
        state: pull.state,
        head: pull.head,
        base: pull.base.branch,
        mergeable: pull.mergeable,
        review,
        checks,
        gate: gateOf(number),
      }
    },

    async diff({ticket: number}) {
      const {branch, worktree} = await workOf(parts, {ticket: number})
      return {subject: `#${number} ${branch}`, ...(await git.diff({branch, worktree}))}
    },

    async claims() {
      return (await git.claims())
        .map(({record}) => ({
          issue: record.issue,
          title: record.title,
          phase: record.phase,
          agent: record.agent,
          branch: record.branch,
          owner: record.owner,
          host: record.host,
          ours: record.owner === owner,
          life: record.owner === owner ? {is: 'renews' as const} : reconciler.ownerLife(record.owner),
          silence: parts.silenceOf(record.owner),
          claimedAt: Date.parse(record.claimedAt),
          fence: record.fence,
        }))
        .sort((one, other) => one.issue - other.issue)
    },

    async events({limit}) {
      // The newest events are in memory, even when the hub does not answer.
      const kept = parts.state().events
      if (limit <= kept.length) return kept.slice(0, limit)
      await hub.flush()
      return [...(await hub.recent(limit))].reverse()
    },
    async history({agent, limit}) {
      await hub.flush()
      const found = await hub.history({agent, limit})
      // One that the configuration no longer has may still have a history.
      if (found.length === 0) assertAgent(engine.state(), agent)
      return [...found].reverse()
    },
    async why({subject}) {
      const state = engine.state()
      const answer = withLateWords(
        explain({subject, state, at: clock.now(), recentSignals: parts.recentSignals}),
        state,
        parts.state().events,
      )
      const claim = state.foreign[Number(answer.subject.replace('#', ''))]
      const silence = claim ? parts.silenceOf(claim.record.owner) : null
      if (silence === null) return answer
      const [first, ...others] = answer.facts
      const told = {at: null, text: `its supervisor ${silenceText(silence)}`}
      return {...answer, facts: [...(first ? [first] : []), told, ...others]}
    },
    who: async () => [...(await hub.instances())],
  }
}

/** Adds the words that came too late for the merge of the ticket, as far as their events are in memory. Pure. */
function withLateWords(answer: WhyAnswer, state: State, events: readonly StoredEvent[]): WhyAnswer {
  const issue = ticketAbout(state, Number(answer.subject.replace('#', '')))?.context.issue
  const late = events.filter(event => issue !== undefined && event.ticket === issue && isTooLate(event))
  const [first, ...others] = answer.facts
  const told = late.map(({at, message}) => ({at, text: safeLine(message)}))
  return {...answer, facts: [...(first ? [first] : []), ...told, ...others]}
}
