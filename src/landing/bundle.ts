import {ClambakeError, hasCode} from '../base/errors.ts'
import {shortSha} from '../base/words.ts'
import type {EffectHandlers} from '../model/core/effect-handler.ts'
import {isClaimLost} from '../model/core/error-classes.ts'
import type {Fact} from '../model/core/facts.ts'
import type {ClaimRecord} from '../model/data/claim.ts'
import type {EffectOf} from '../model/data/effects.ts'
import type {BundleCommit, BundleMember, BundleTrial, OpenTrial} from '../model/data/landing/bundle.ts'
import type {Pull} from '../model/data/pull.ts'
import type {LandingLock} from '../model/gateways/landing-lock.ts'
import {gatePolicy} from '../model/landing/gate/policy.ts'
import type {GateReading} from '../model/landing/gate/reading.ts'
import {haltText} from '../model/landing/halt.ts'
import {judgeMember, type MemberReading} from '../model/landing/train/member.ts'
import {judgeTrial} from '../model/landing/train/trial.ts'
import {bundleBody, bundleMergeText, bundleMergeTitle, bundleTitle, isBundleTitle} from './bundle-texts.ts'
import {haltIfOther, type LandingGateways, observeMerge, readGate, withLandingLock} from './gateways.ts'

export type BundleEffect = 'boardBundle' | 'buildBundle' | 'watchBundle' | 'landBundle' | 'dropBundle'

/** Several tickets on one branch: built, tested and merged together. */
export function bundleHandlers(gateways: LandingGateways): EffectHandlers<BundleEffect> {
  return {
    boardBundle: effect => boardBundle(gateways, effect),
    buildBundle: effect => buildBundle(gateways, effect),
    async watchBundle({branch, members, trials}) {
      const [readings, told] = await Promise.all([
        readTrials(gateways, {members, trials, fresh: false}),
        readMembers(gateways, members, {trials}),
      ])
      const seen = await withLogs(gateways, withTips(readings, told.tips))
      return [{type: 'bundleSeen', branch, trials: seen, members: told.members}]
    },
    landBundle: effect => landBundle(gateways, effect),
    dropBundle: effect => dropBundle(gateways, effect),
  }
}

async function boardBundle(
  gateways: LandingGateways,
  {branch, members, left}: EffectOf<'boardBundle'>,
): Promise<Fact[]> {
  const found = await readLeft(gateways, left)
  if (found.is === 'closed') {
    return [{type: 'bundleTaken', branch, reason: `#${found.pull}, the bundle's, was closed by hand`}]
  }
  const landed = found.is === 'kept' ? [] : await Promise.all(members.map(({ticket}) => landedBefore(gateways, ticket)))
  const [rules, told] = await Promise.all([
    gateways.github.bundleRules(),
    readMembers(gateways, members, {ownPulls: true}),
  ])
  return [...landed.flat(), {type: 'bundleBoarded', branch, rules, members: told.members}]
}

/**
 * What became of the trials of a bundle while no daemon watched. `kept`: they are as they were, or were never opened.
 * `closed`: a person closed one, as its branch is still there; a daemon that closes one deletes its branch first. `over`:
 * anything else, and for a bundle that is new.
 */
async function readLeft(
  {git, github}: LandingGateways,
  left: readonly BundleTrial[],
): Promise<{is: 'kept' | 'over'} | {is: 'closed'; pull: number}> {
  if (left.length === 0) return {is: 'over'}
  const branches = left.map(({branch}) => branch)
  const [tips, ...pulls] = await Promise.all([
    git.remoteHeads(branches),
    ...branches.map(branch => github.pullOfBranch(branch)),
  ])
  const closed = pulls.find(pull => pull?.state === 'closed' && tips.get(pull.head.branch) != null)
  if (closed) return {is: 'closed', pull: closed.number}
  return {is: pulls.every(pull => pull === null || pull.state === 'open') ? 'kept' : 'over'}
}

/**
 * What became of the bundle that a ticket's claim names, after a restart: it landed, or it is closed. Gives the fact that
 * it landed.
 */
export async function landedBefore(gateways: LandingGateways, ticket: number): Promise<Fact[]> {
  const {git, github, book} = gateways
  const record = book.get(ticket)?.record
  if (!record?.bundle || record.head === null) return []
  const {branch, base, tip} = record.bundle
  const pull = await github.pullOfBranch(branch)
  if (pull?.state === 'merged') {
    const found = await git.landedWork({heads: [record.head], since: base, made: gateways.madeFiles})
    const commit = found.get(record.head) ?? (await squashedInto(gateways, record, pull))
    if (commit !== null) {
      const halted =
        tip === null || pull.mergeCommit === null
          ? []
          : await haltIfOther(gateways, {pull: pull.number, sha: tip, commit: pull.mergeCommit})
      await git.dropBundle([{branch, commit: pull.head.sha}])
      return [...halted, {type: 'pullMerged', ticket, commit, pull: pull.number}]
    }
  }
  await git.dropBundle([{branch, commit: pull?.head.sha ?? tip ?? ''}])
  if (pull?.state === 'open') await github.ensurePullClosed(pull.number)
  await book.bump(ticket, {bundle: null})
  return []
}

/** What the remote has of branches; null: no such branch. */
type Tips = ReadonlyMap<string, string | null>

/** The commit by which a person merged a bundle in words of their own, if main holds all of the ticket's work since. */
async function squashedInto(
  {git, madeFiles}: LandingGateways,
  {issue: ticket, title, branch, head}: ClaimRecord,
  {mergeCommit}: Pull,
): Promise<string | null> {
  if (head === null || mergeCommit === null || !(await git.isOnMain(mergeCommit))) return null
  const built = await git.buildBundle({works: [{ticket, title, branch, head}], attempt: 0, made: madeFiles})
  return built.state === 'built' && built.empty.includes(ticket) ? mergeCommit : null
}

/**
 * What the gate asks of each member, and where trials are on the remote, in a request to GitHub and one to the remote.
 * `ownPulls`: also the pull requests of the members' own branches, in another request, as before something is built or merged.
 */
async function readMembers(
  {git, github}: LandingGateways,
  members: readonly BundleMember[],
  {trials = [], ownPulls = false}: {trials?: readonly OpenTrial[]; ownPulls?: boolean},
): Promise<{members: MemberReading[]; tips: Tips}> {
  const [issues, pulls, tips, changes] = await Promise.all([
    github.gateIssues(members.map(({ticket}) => ticket)),
    ownPulls ? github.pullsOfBranches(members.map(({branch}) => branch)) : null,
    git.remoteHeads([...members, ...trials].map(({branch}) => branch)),
    git.workChanges(members.map(({head}) => head)),
  ])
  const told = members.map(({ticket, branch, head}) => ({
    ticket,
    issue: issues.get(ticket),
    head: tips.get(branch) ?? null,
    changes: changes.get(head) ?? null,
    ...(pulls && {pull: pulls.get(branch) ?? null}),
  }))
  return {members: told, tips}
}

type TrialReading = {trial: OpenTrial; reading: GateReading}

function withTips(readings: readonly TrialReading[], tips: Tips) {
  return readings.map(({trial, reading}) => ({trial, reading, tip: tips.get(trial.branch) ?? null}))
}

async function readTrials(
  gateways: LandingGateways,
  {members, trials, fresh}: {members: readonly BundleMember[]; trials: readonly OpenTrial[]; fresh: boolean},
): Promise<TrialReading[]> {
  const [first] = members
  return Promise.all(
    trials.map(async trial => ({
      trial,
      reading: await readGate(gateways, {ticket: first?.ticket ?? 0, pull: trial.pull, fresh}),
    })),
  )
}

/** Reads what failed checks printed, which their agent gets. */
async function withLogs({github}: LandingGateways, readings: ReturnType<typeof withTips>) {
  return Promise.all(
    readings.map(async ({trial, tip, reading}) => {
      const failed = (reading.checks?.checks ?? []).filter(({state}) => state === 'failed')
      const logs = await Promise.all(
        failed.map(async ({name}) => [name, await github.checkLog({sha: trial.commit, name})] as const),
      )
      return {
        trial,
        tip,
        reading,
        logs: Object.fromEntries(logs.flatMap(([name, log]) => (log === null ? [] : [[name, log]]))),
      }
    }),
  )
}

async function buildBundle(gateways: LandingGateways, effect: EffectOf<'buildBundle'>): Promise<Fact[]> {
  const {git, github, madeFiles} = gateways
  const {branch, members, trials, test} = effect
  const {attempt} = test
  const built = await git.buildBundle({works: members, attempt, made: madeFiles})
  if (built.state === 'missing') {
    return [{type: 'bundleHindered', branch, ticket: built.ticket, why: 'missing', paths: []}]
  }
  if (built.state === 'conflict') {
    const {ticket, withMain, paths} = built
    return [{type: 'bundleHindered', branch, ticket, why: withMain ? 'main' : 'others', paths}]
  }
  const {base, commits, empty} = built
  if (empty.length > 0) return [{type: 'bundleBuilt', branch, base, commits, trials: [], empty}]
  // Moving the claims proves that they are still this daemon's; after a restart they name the bundle.
  const lost = await claimsLost(gateways, members, {branch, base, tip: null, pull: null, test})
  if (lost.length > 0) return lost
  const pushed: (BundleTrial & {commit: string})[] = []
  for (const trial of trials) {
    const tip = await tipOf(gateways, {members, attempt, size: trial.size, base, commits})
    // Main moved meanwhile.
    if (tip === null) return [{type: 'bundleStale', branch}]
    pushed.push({...trial, commit: tip})
  }
  try {
    await git.pushBundle(pushed)
  } catch (error) {
    if (hasCode(error, 'branch-moved')) return [{type: 'bundleTaken', branch, reason: error.message}]
    throw error
  }
  const open: OpenTrial[] = []
  for (const trial of pushed) {
    const aboard = members.slice(0, trial.size)
    const pull = await github.ensurePull({
      branch: trial.branch,
      base: gateways.defaultBranch,
      title: bundleTitle(aboard),
      isOurs: isBundleTitle,
      body: bundleBody({members: aboard, whole: members.length, usageOf: gateways.usageOf}),
    })
    open.push({...trial, pull: pull.number})
    if (aboard.length === members.length) {
      const works = aboard.map(({head}) => head)
      await gateways.askReviewers({pull: pull.number, head: trial.commit, works})
    }
  }
  return [{type: 'bundleBuilt', branch, base, commits, trials: open, empty: []}]
}

/**
 * The commit that carries the first `size` members: one of the bundle, or one of its own where files are made again, as
 * only the last commit has these. null: main moved since.
 */
async function tipOf(
  {git, madeFiles}: LandingGateways,
  options: {
    members: readonly BundleMember[]
    attempt: number
    size: number
    base: string
    commits: readonly BundleCommit[]
  },
): Promise<string | null> {
  const {members, attempt, size, base, commits} = options
  if (madeFiles.length === 0 || size === members.length) return commits[size - 1]!.commit
  const part = await git.buildBundle({works: members.slice(0, size), attempt, made: madeFiles})
  return part.state === 'built' && part.base === base ? (part.commits.at(-1)?.commit ?? null) : null
}

/** Writes the bundle into the members' claims; gives those whose claim is another daemon's by now. */
async function claimsLost(
  {book}: LandingGateways,
  members: readonly BundleMember[],
  bundle: NonNullable<ClaimRecord['bundle']>,
): Promise<Fact[]> {
  // Each is a request to the remote. All have ended before the first failure is thrown on.
  const moved = await Promise.allSettled(members.map(({ticket}) => book.bump(ticket, {phase: 'landing', bundle})))
  return moved.flatMap((result, index): Fact[] => {
    if (result.status === 'fulfilled') return []
    const error: unknown = result.reason
    if (!(error instanceof ClambakeError) || !isClaimLost(error)) throw error
    return [{type: 'memberLost', ticket: members[index]!.ticket, reason: error.message}]
  })
}

function landBundle(gateways: LandingGateways, effect: EffectOf<'landBundle'>): Promise<Fact[]> {
  const {branch, trial, members} = effect
  return withLandingLock(gateways, {
    busy: [{type: 'bundleBusy', branch}],
    attempt: {message: `#${trial.pull} is being merged for ${members.map(({ticket}) => `#${ticket}`).join(' ')}`},
    run: lock => mergeBundle(gateways, effect, lock),
  })
}

async function mergeBundle(
  gateways: LandingGateways,
  {branch, base, members, trial, test, method, terms}: EffectOf<'landBundle'>,
  lock: LandingLock,
): Promise<Fact[]> {
  const {git, github, config} = gateways
  const [[read], told] = await Promise.all([
    readTrials(gateways, {members, trials: [trial], fresh: true}),
    readMembers(gateways, members, {trials: [trial], ownPulls: true}),
  ])
  const reading = read!.reading
  // An earlier try may have merged it, and its answer got lost.
  if (reading.pull.state === 'merged' && reading.pull.mergeCommit !== null) {
    return landedFacts(gateways, {branch, base, members, trial, commit: reading.pull.mergeCommit})
  }
  const halt = await git.halt({fresh: true})
  const halted = halt && haltText(halt)
  const policy = gatePolicy(config, terms)
  const tip = told.tips.get(trial.branch) ?? null
  const answer = judgeTrial({reading, head: trial.commit, tip, waitedMs: 0, halted, policy})
  const mayLand = members.every(work => {
    const found = told.members.find(({ticket}) => ticket === work.ticket)
    const asked = {work, mayBeOurBlock: false, policy, aloneLabel: config.bundling.alone_label}
    return found !== undefined && judgeMember(found, asked).is === 'yes'
  })
  if (answer.is !== 'green' || !mayLand) {
    // What speaks against it is for the decisions.
    const seen = {
      type: 'bundleSeen',
      branch,
      trials: [{trial, tip, reading, logs: {}}],
      members: told.members,
    } as const
    return [...(halt === null ? [] : [{type: 'haltSeen', halt} as const]), seen]
  }
  // The API's answer may be old; git's is not.
  const remote = await git.remoteHead(trial.branch)
  if (remote !== trial.commit) {
    return [
      {type: 'bundleRefused', branch, reason: `${trial.branch} moved to ${remote ? shortSha(remote) : 'nothing'}`},
    ]
  }
  // Moving the claims proves that they are still this daemon's. After a crash they say what was tested.
  const lost = await claimsLost(gateways, members, {
    ...{branch: trial.branch, base, tip: trial.commit, pull: trial.pull},
    // The claims of the others name the whole bundle, which a part does not continue.
    ...(trial.branch === branch && {test}),
  })
  if (lost.length > 0) return [...lost, {type: 'bundleRefused', branch, reason: 'a claim of it is another daemon’s'}]
  const outcome = await github.merge({
    pull: trial.pull,
    sha: trial.commit,
    method,
    title: bundleMergeTitle(members, reading.pull),
    text: bundleMergeText(members),
    lock,
  })
  if (outcome.state !== 'merged') {
    return [{type: 'bundleRefused', branch, reason: outcome.state === 'refused' ? outcome.reason : 'the head moved'}]
  }
  const {commit} = outcome
  await observeMerge(gateways, {
    pull: trial.pull,
    commit,
    kept: 'the branches, the worktrees and the claims',
    next: `look at #${trial.pull} and at main on GitHub, then clambake land`,
  })
  return landedFacts(gateways, {branch, base, members, trial, commit})
}

/** Finds each member's commit on main, and compares what landed with what was tested. */
async function landedFacts(
  gateways: LandingGateways,
  options: {branch: string; base: string; members: readonly BundleMember[]; trial: OpenTrial; commit: string},
): Promise<Fact[]> {
  const {branch, base, members, trial, commit} = options
  const found = await gateways.git.landedWork({
    heads: members.map(({head}) => head),
    since: base,
    made: gateways.madeFiles,
  })
  const landed: BundleCommit[] = members.map(({ticket, head}) => ({ticket, commit: found.get(head) ?? commit}))
  const halted = await haltIfOther(gateways, {pull: trial.pull, sha: trial.commit, commit})
  return [{type: 'bundleMerged', branch, pull: trial.pull, landed}, ...halted]
}

async function dropBundle({git, github}: LandingGateways, {trials}: EffectOf<'dropBundle'>): Promise<Fact[]> {
  if (trials.length === 0) return []
  // First the branches, so that one that is closed and has its branch was closed by a person. The pull request of a bundle
  // that was built again since this was asked for is that one's now.
  const rebuilt = await git.dropBundle(trials)
  for (const {pull} of trials.filter(({branch}) => !rebuilt.includes(branch))) {
    const {state} = await github.pull(pull)
    if (state === 'open') await github.ensurePullClosed(pull)
  }
  return []
}
