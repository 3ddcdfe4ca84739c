import {shortSha} from '../base/words.ts'
import type {Fact} from '../model/core/facts.ts'
import type {EffectOf} from '../model/data/effects.ts'
import type {LandingLock} from '../model/gateways/landing-lock.ts'
import {judgeMerge} from '../model/landing/gate/gate.ts'
import {mayHandOver} from '../model/landing/gate/hand-over.ts'
import {methodFor} from '../model/landing/terms.ts'
import {type LandingGateways, readGate, readLast, withLandingLock} from './gateways.ts'
import {mergeText, mergeTitle} from './texts.ts'

/** Leaves a pull request to GitHub's auto-merge, or takes it back. */
export function setAutoMerge(gateways: LandingGateways, effect: EffectOf<'setAutoMerge'>): Promise<Fact[]> {
  const {ticket, pull, on} = effect
  if (!on) return takeBack(gateways, effect)
  return withLandingLock(gateways, {
    // The next look asks again.
    busy: [{type: 'autoMergeSet', ticket, is: 'off'}],
    attempt: {ticket, message: `#${pull} is being left to GitHub's auto-merge for #${ticket}`},
    run: lock => handOver(gateways, effect, lock),
  })
}

/** Asks the gate once more on a fresh reading, as right before a merge: GitHub may merge at any moment from then on. */
async function handOver(
  gateways: LandingGateways,
  {ticket, pull, branch, sha, terms}: EffectOf<'setAutoMerge'>,
  lock: LandingLock,
): Promise<Fact[]> {
  const {git, github, hub, book, config} = gateways
  const {input, halts} = await readLast(gateways, {ticket, pull, sha, requeue: false, terms})
  const {reading} = input
  const off = {type: 'autoMergeSet', ticket, is: 'off'} as const
  if (!mayHandOver(input, judgeMerge(input).lines)) return [...halts, off, {type: 'pullSeen', ticket, reading}]
  // The API's answer may be old; git's is not.
  const remote = await git.remoteHead(branch)
  if (remote !== sha) {
    hub.append({
      ...{type: 'status_update', ticket, severity: 'warning'},
      message: `#${pull} is not left to auto-merge: ${branch} moved to ${remote ? shortSha(remote) : 'nothing'}`,
    })
    return [{...off, is: 'refused'}]
  }
  // Moving the claim proves that it is still ours. After a crash it says that GitHub may have the pull request.
  await book.bump(ticket, {phase: 'landing', handedOver: true})
  const outcome = await github.setAutoMerge({
    pull,
    on: {
      sha,
      method: methodFor(config, terms),
      title: mergeTitle({issue: ticket, title: reading.pull.title, pull}),
      text: mergeText({issue: ticket, branch}),
      lock,
    },
  })
  if (outcome.state === 'on') {
    hub.append({type: 'status_update', ticket, message: `#${pull} is left to GitHub's auto-merge`})
    return [{...off, is: 'on'}]
  }
  await book.bump(ticket, {handedOver: false})
  if (outcome.state !== 'refused') return [off, await seen(gateways, {ticket, pull})]
  const message = `GitHub does not take #${pull} for auto-merge, so Clambake lands it by itself: ${outcome.reason}`
  hub.append({type: 'status_update', ticket, severity: 'warning', message})
  return [{...off, is: 'refused'}]
}

async function takeBack(gateways: LandingGateways, {ticket, pull}: EffectOf<'setAutoMerge'>): Promise<Fact[]> {
  const {github, hub, book} = gateways
  const outcome = await github.setAutoMerge({pull, on: null})
  if (book.get(ticket)?.record.handedOver) {
    await book.bump(ticket, {handedOver: false})
    if (outcome.state === 'off') {
      hub.append({type: 'status_update', ticket, message: `#${pull} is taken back from GitHub's auto-merge`})
    }
  }
  // It was faster, which cannot be taken back; the merge is only to be noted.
  return outcome.state === 'merged' ? [await seen(gateways, {ticket, pull})] : []
}

async function seen(gateways: LandingGateways, {ticket, pull}: {ticket: number; pull: number}): Promise<Fact> {
  return {type: 'pullSeen', ticket, reading: await readGate(gateways, {ticket, pull, fresh: true})}
}
