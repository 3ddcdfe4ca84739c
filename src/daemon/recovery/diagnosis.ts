import {isDeepStrictEqual} from 'node:util'
import {ClambakeError} from '../../base/errors.ts'
import {count} from '../../base/words.ts'
import {slotOf} from '../../model/core/slots.ts'
import type {Treatment} from '../../model/core/treatment.ts'
import {type Finding, findingsAbout} from '../../model/recovery/finding.ts'
import {needsOf} from '../../model/recovery/needs.ts'
import type {DaemonApi, FoundNow} from '../../protocol/daemon.ts'
import {type Diagnosis, diagnoseRepository, sessionsOf} from '../../recovery/diagnose.ts'
import {type ApiParts, type Handlers, soon} from '../api/parts.ts'
import {STOP_GRACE_MS} from '../parts.ts'
import {recover} from './orphans.ts'
import {resetAgent, resetTicket} from './reset.ts'

/** The methods that diagnose this repository and cure a finding. */
export function diagnosisApi(parts: ApiParts): Handlers<'diagnose' | 'cure' | 'reset'> {
  return {
    async diagnose(about) {
      const {findings, unread} = await diagnoseNow(parts)
      const needs = needsOf(parts.engine.state(), parts.clock.now())
      return {
        findings: findingsAbout(findings, about).map(found => withClaim(parts, found)),
        needs: findingsAbout(needs, about),
        unread: [...unread],
      }
    },
    cure: params => cure(parts, params),
    reset: params => resetAgent(parts, params),
  }
}

/** Looks at GitHub and the claims first, so that the findings are as of now. */
async function diagnoseNow({engine, reconciler, git, github, host, clock, underWay}: ApiParts): Promise<Diagnosis> {
  await reconciler.look()
  const state = engine.state()
  return diagnoseRepository({git, github, host, clock, state, dead: reconciler.deadOwners(), underWay: underWay()})
}

function withClaim({claimOf}: ApiParts, finding: Finding): FoundNow {
  return {...finding, claim: finding.issue === null ? null : (claimOf(finding.issue).claim ?? null)}
}

async function cure(parts: ApiParts, {pattern, subject, shown}: DaemonApi['cure']['params']): Promise<{done: string}> {
  const {findings} = await diagnoseNow(parts)
  const finding = findings.find(found => found.pattern === pattern && found.subject === subject)
  if (!finding) return {done: `${subject} is already in order`}
  if (finding.cure.by === 'itself') return {done: finding.cure.will}
  if (finding.cure.by === 'command' && shown) {
    const isSame = isDeepStrictEqual(finding.cure.treatment, shown.treatment)
    const {claim} = withClaim(parts, finding)
    // An earlier cure of the same command may have released the claim.
    if (!isSame || (claim !== null && claim !== shown.claim)) {
      throw new ClambakeError({
        code: 'finding-moved',
        message: `${subject} is not as it was shown any more: ${finding.what}`,
        kept: 'nothing was changed',
        next: 'look again: clambake agents diagnose',
      })
    }
  }
  if (finding.cure.by === 'command') return {done: await carryOut(parts, finding.cure.treatment)}
  throw new ClambakeError({
    code: 'needs-person',
    message: `${subject} ${finding.what}: only a person can decide`,
    kept: 'nothing was changed',
    next: finding.cure.next,
  })
}

/** Carries out a cure and says what was done. */
async function carryOut(parts: ApiParts, treatment: Treatment): Promise<string> {
  const {engine, caller, host, git} = parts
  switch (treatment.do) {
    case 'clear-labels': {
      const {issue: ticket, remove} = treatment
      await parts.clearLabels({name: 'clearLabels', ticket, remove, by: `by ${caller}`})
      return `#${ticket} is labelled as unclaimed again`
    }
    case 'look-at-pull':
      engine.dispatch({type: 'cureAsked', treatment, by: `by ${caller}`})
      await soon(parts, `#${treatment.issue} is cleaned up`, ({tickets}) => {
        const value = tickets[treatment.issue]?.value
        return value === undefined || value === 'merged'
      })
      return `#${treatment.issue} is closed and cleaned up, as it landed through #${treatment.pull}`
    case 'note-end':
      engine.dispatch({type: 'cureAsked', treatment, by: `by ${caller}`})
      return `the work of ${treatment.agent} on #${treatment.issue} is looked at`
    case 'free-slot':
      engine.dispatch({type: 'cureAsked', treatment, by: `by ${caller}`})
      await soon(parts, `${treatment.agent} is free`, state => slotOf(state, treatment.issue) !== treatment.agent)
      return `${treatment.agent} is free`
    case 'stop-pane': {
      const info = (await host.panes()).find(({pane}) => pane === treatment.pane)
      if (!info) return 'it has already ended'
      const saved = await git.rescueIfThere({worktree: info.cwd, reason: `${info.title} had no ticket`})
      await parts.endPane(info)
      return `${treatment.pane} has ended${saved === null ? '' : `; kept: ${saved.ref}`}`
    }
    case 'end-left': {
      const {issue, worktree: folder} = treatment
      const place = {sessions: sessionsOf(engine.state(), issue), folder}
      const ended = await host.endLeftBehind(place, {graceMs: STOP_GRACE_MS})
      return `${count(ended.length, 'process', 'processes')} in ${folder} ${ended.length === 1 ? 'has' : 'have'} ended`
    }
    case 'recover': {
      const {kind, name, action} = treatment
      return (await recover(parts, {kind, name, action})).done
    }
    case 'reset': {
      const {saved} = await resetTicket(parts, treatment.issue)
      return `#${treatment.issue} is released${saved === null ? '' : `; kept: ${saved}`}`
    }
  }
}
