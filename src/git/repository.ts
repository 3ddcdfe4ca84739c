import {resolve} from 'node:path'
import type {Clock} from '../base/clock.ts'
import {ClambakeError} from '../base/errors.ts'
import {statOrNull} from '../base/files.ts'
import type {Log} from '../base/log.ts'
import {shortSha} from '../base/words.ts'
import type {Config} from '../model/data/config.ts'
import type {GitGateway, LandingHolder} from '../model/gateways/git.ts'
import type {HaltCause} from '../model/landing/halt.ts'
import {createBundles} from './bundle/bundles.ts'
import {watchClone} from './clone-watch.ts'
import {createGitRunner} from './command/run-git.ts'
import {commitFault} from './commits/commit-fault.ts'
import {branchStart, readDiff} from './commits/diff.ts'
import {fetchAll} from './commits/fetch.ts'
import {createGateFacts} from './commits/gate-reading.ts'
import {lostCommits} from './commits/lost-commits.ts'
import {createChangedPaths, mainFiles, mergedPaths} from './commits/paths.ts'
import {publishBranch} from './commits/publish.ts'
import {readMain} from './commits/read-main.ts'
import {createSharedFetch} from './commits/shared-fetch.ts'
import {type Context, isAncestor} from './context.ts'
import {realFolder} from './location.ts'
import {askedMain, checkGit, locate, notedMain} from './open.ts'
import {lastMainFile, localRecordFiles, openRunner} from './open-runner.ts'
import {archive} from './orphans/archive.ts'
import {branchFrom} from './orphans/branch-from.ts'
import {bringBack} from './orphans/bring-back.ts'
import {findOrphans} from './orphans/find.ts'
import {diskUse, findLeftovers, objectBytes, removeRefs} from './orphans/leftovers.ts'
import {localHeads, remoteBranches} from './orphans/refs.ts'
import {listRescues} from './orphans/rescues.ts'
import {restoreFiles, restoreFolder} from './orphans/restore.ts'
import {plainCheckout} from './place.ts'
import {openRadar} from './radar/radar.ts'
import {type BrokenClaim, createClaims} from './refs/claims.ts'
import {createHalts} from './refs/halts.ts'
import {createLanding} from './refs/landing-lock.ts'
import {createLastMain} from './refs/last-main.ts'
import {createLocalRecords} from './refs/local-records.ts'
import {createOwners} from './refs/owners.ts'
import {createPinned} from './refs/pinned.ts'
import {createPins} from './refs/pins.ts'
import {createRecords} from './refs/records.ts'
import {createRemoteRefs} from './refs/remote-refs.ts'
import {readChanges, readFileDiff, readLines} from './review/changes.ts'
import {whoWrote} from './review/wrote.ts'
import {tidy} from './tidy.ts'
import {createBringUpToDate, createFollowPush} from './worktree/bring-up-to-date.ts'
import {createEnsureWorktree, freeBranch} from './worktree/ensure.ts'
import {inspect} from './worktree/inspect.ts'
import {lastChange} from './worktree/last-change.ts'
import {listWorktrees, realOrSame} from './worktree/list.ts'
import {rejoinMoved} from './worktree/moved.ts'
import {createPushWork} from './worktree/push-work.ts'
import {removeWorktree} from './worktree/remove.ts'
import {rescue} from './worktree/rescue.ts'
import {ignoredPaths, isSetUp, keepIssueText, markSetUp} from './worktree/set-up.ts'

export type OpenOptions = {
  /** Any folder of the repository. */
  dir: string
  /** Where git finds its program, home, agent socket and proxies; other `GIT_*` variables are not passed on. */
  env: Readonly<Record<string, string | undefined>>
  /** Asked before each call to an http or https remote; null: no login. */
  token?: (remoteUrl: string) => Promise<string | null>
  /** Name of this daemon. */
  owner: string
  hostName: string
  clock: Clock
  log: Log
  /** Read when it is needed, but for the folder of the worktrees. */
  config: {
    agents: Pick<Config['agents'], 'workspace_root' | 'branch'>
    recovery: Pick<Config['recovery'], 'rescue_size_limit_mb' | 'ignored_build_folders' | 'scan_patterns'>
    worktree: Pick<Config['worktree'], 'copy'>
  }
  /** The user's state folder, which holds the git folder of our own. */
  state: string
  /** Writes nothing into it. */
  readOnly?: boolean
  /** Default: `origin`. */
  remote?: string
  /** Default: what the clone noted, else what the remote says. */
  mainBranch?: string
  /** Awaited between the steps of what deletes or undoes: `rescue:saved`, `worktree:moved`, `worktree:removed`, … */
  checkpoint?: (name: string) => void | Promise<void>
}

/** A repository and its remote. Everything that it keeps is in refs, so a new one continues where another was killed. */
export type Repository = GitGateway & {
  /** What all worktrees share, a real path; the repository's key. */
  readonly commonDir: string
  /** Folder of the worktrees. */
  readonly workspaceRoot: string
  /** Address without credentials. */
  readonly remoteUrl: string
  /** As the address has it; null for a path. */
  readonly slug: {owner: string; repo: string} | null
  readonly mainBranch: string
  readonly owner: string
  readonly hostName: string
  /** Claims that only a person can repair; no daemon takes, bumps or deletes them. */
  brokenClaims(): Promise<readonly BrokenClaim[]>
  /** Commits of the remote's branches as last fetched, by branch; main is not among them. */
  remoteBranches(): Promise<Map<string, string>>
  landingHolder(options?: {fetched: boolean}): Promise<LandingHolder | null>
  /** Commits that no ref reaches, here or on the remote. */
  lostCommits(): Promise<string[]>
}

/**
 * Opens the repository that `dir` is in. Speaks to the remote only when the clone does not know its main branch.
 * Throws `not-a-repository`, `bare-repository`, `not-your-repository`, `no-remote`, `remote-protocol`, `no-commits`,
 * `no-main-branch`, `clone-refused`, `clone-changed`, `git-too-old`, `git-missing`, and as every call `remote-gone`,
 * `remote-unreachable`, `auth-refused`.
 */
export async function openRepository(options: OpenOptions): Promise<Repository> {
  const {env, clock, log, owner, hostName, remote: remoteName = 'origin', token = async () => null} = options
  const now = () => clock.now()
  const dir = await realFolder(options.dir)
  const entrance = createGitRunner({dir, env, token, now})
  await checkGit(entrance, env)
  const {root, commonDir} = plainCheckout(dir) ?? (await locate(entrance, dir))

  const {runner, remote, lfs} = await openRunner({...options, root, commonDir, remoteName, token, now})
  const refs = createRemoteRefs(runner, remote)
  const mainBranch = (await notedMain(runner, {root, remoteName, given: options.mainBranch})) ?? (await askedMain(refs))

  const records = createRecords(runner, refs, mainBranch)
  const context: Context = {
    root,
    commonDir,
    workspaceRoot: await realOrSame(resolve(root, options.config.agents.workspace_root)),
    remoteName,
    mainBranch,
    runner,
    lfs,
    refs,
    records,
    fetched: {main: null},
    clock,
    log,
    get sizeLimitBytes() {
      return options.config.recovery.rescue_size_limit_mb * 1024 * 1024
    },
    get buildFolders() {
      return new Set(options.config.recovery.ignored_build_folders)
    },
    get copied() {
      return options.config.worktree.copy
    },
    get branchTemplate() {
      return options.config.agents.branch
    },
    get scanPatterns() {
      return options.config.recovery.scan_patterns
    },
    checkpoint: options.checkpoint ?? (() => {}),
  }
  if (!options.readOnly) await rejoinMoved(context)
  const cloneChanged = watchClone(entrance, commonDir)
  const claims = createClaims({records, refs, now, log})
  const owners = createOwners({records, refs})
  const landing = createLanding({records, refs})
  const pins = createPins(context)
  const pinned = createPinned(context, pins)

  const ensureWorktree = createEnsureWorktree(context, pins)
  const bringUpToDate = createBringUpToDate(context, pins, ensureWorktree)
  const followPush = createFollowPush(context, pins, ensureWorktree)

  const {readOnly = false, state} = options
  const localRecords = createLocalRecords(context, localRecordFiles(state, commonDir))
  const lastMain = createLastMain(context, {file: lastMainFile(state, commonDir, mainBranch), readOnly})
  const halts = createHalts(context, owner)
  const fetch = () => fetchAll(context, {pins, halts, lastMain})
  const shared = createSharedFetch(clock, fetch)
  /** A forced push that is in the record of halts is not asked about again. */
  const answered = async ({kind, from, to}: Pick<HaltCause, 'kind' | 'from' | 'to'>) => {
    if (kind === 'rewrite' && to !== null && (await lastMain.tip()) === from) await lastMain.move(to)
  }

  return {
    ...createBundles(context, {fetch, shared}),
    root,
    commonDir,
    workspaceRoot: context.workspaceRoot,
    remoteUrl: remote.url,
    slug: remote.slug,
    mainBranch,
    owner,
    hostName,
    cloneChanged,
    commitFault: env => commitFault({dir: root, env}),
    fetch,
    halt: halts.standing,
    async haltLanding(noticed) {
      await halts.raise(noticed)
      await answered(noticed)
    },
    async liftHalt({causes}, by) {
      await halts.lift(causes, by)
      for (const cause of causes) await answered(cause)
    },
    claims: claims.all,
    brokenClaims: claims.broken,
    claim: claims.claim,
    bumpClaim: claims.bump,
    releaseClaim: claims.release,
    renewOwner: owners.renew,
    owners: owners.all,
    ensureWorktree,
    worktrees: async () =>
      (await listWorktrees(context)).map(({path, branch, head, locked, prunable}) => ({
        path,
        branch,
        head,
        locked,
        prunable,
      })),
    isSetUp: path => isSetUp(context, path),
    markSetUp: path => markSetUp(context, path),
    ignored: (path, paths) => ignoredPaths(context, path, paths),
    keepIssueText: (path, text) => keepIssueText(context, path, text),
    inspect: path => inspect(context, path),
    lastChange: path => lastChange(context, path),
    pushWork: createPushWork(context, claims, pins),
    rescue: given => rescue(context, pins, given),
    rescueIfThere: async given => ((await statOrNull(given.worktree)) === null ? null : rescue(context, pins, given)),
    removeWorktree: given => removeWorktree(context, pins, given),
    remoteHead: async branch => (await refs.heads(`look for ${branch}`)).get(branch) ?? null,
    async isOnMain(commit) {
      const {main} = await fetch()
      return commit === main || isAncestor(context, commit, main)
    },
    async deleteRemoteBranch(branch, expected) {
      if (branch === mainBranch) throw new ClambakeError({code: 'bad-branch', message: `${branch} is never deleted`})
      const ref = `refs/heads/${branch}`
      const outcome = await refs.push([{ref, from: expected, to: null}], `delete ${branch}`)
      if (outcome.state === 'done') return
      const found = outcome.found.get(ref)
      throw new ClambakeError({
        code: 'branch-moved',
        message: `${branch} was not deleted: it moved to ${found && shortSha(found)} on the remote`,
        kept: 'the branch with its new commits',
        next: `look at its new commits: git log origin/${branch}`,
      })
    },
    gateFacts: createGateFacts(context, shared),
    async bringUpToDate(given) {
      const {main} = await fetch()
      return bringUpToDate({main, ...given})
    },
    async followPush(given) {
      await fetch()
      await followPush(given)
    },
    async sameTree(one, other) {
      const args = ['rev-parse', `${one}^{tree}`, `${other}^{tree}`]
      // A commit never changes, so those that are here need no fetch.
      const here = await runner.git(args, {accept: [0, 128]})
      if (here.exitCode !== 0) await fetch()
      const [first, second] = (here.exitCode === 0 ? here.stdout : await runner.text(args)).split('\n')
      return first === second
    },
    openRadar: () => openRadar(context),
    remoteBranches: () => remoteBranches(context),
    localHeads: () => localHeads(context),
    diff: given => readDiff(context, given),
    changesOf: work => readChanges(context, work),
    fileDiff: (work, file) => readFileDiff(context, work, file),
    linesOf: (work, files) => readLines(context, work, files),
    whoWrote: (range, places) => whoWrote(context, range, places),
    changedPaths: createChangedPaths(context),
    mergedPaths: limit => mergedPaths(context, limit),
    mainFiles: () => mainFiles(context),
    branchStart: branch => branchStart(context, branch),
    publishBranch: branch => publishBranch(context, pins, branch),
    readMain: path => readMain(context, {path, fetch}),
    async orphans({dead, all = false, onStep = () => {}}) {
      onStep('fetching branches', 0)
      await fetch()
      return findOrphans(context, {claims, owners}, {dead, all, onStep})
    },
    freeBranch: given => freeBranch(context, given),
    pinWork: pinned.pinAll,
    archive: (orphan, note) => archive(context, pins, {orphan, note}),
    branchFrom: orphan => branchFrom(context, orphan),
    rescues: () => listRescues(context),
    async restoreFiles({ref, paths, into}) {
      const folder = into ?? restoreFolder(context, ref)
      return {into: folder, files: await restoreFiles(context, {ref, paths, into: folder})}
    },
    leftovers: () => findLeftovers(context),
    removeRefs: (given, note) => removeRefs(context, given, note),
    diskUse,
    objectBytes: given => objectBytes(context, given),
    tidy: () => tidy(context),
    left: localRecords.left,
    leave: localRecords.leave,
    lastStep: localRecords.lastStep,
    noteStep: localRecords.noteStep,
    forgetStep: localRecords.forgetStep,
    bringBack: part => bringBack(context, {ensureWorktree, pins, records: localRecords}, part),
    acquireLanding: landing.acquire,
    releaseLanding: landing.release,
    landingHolder: landing.holder,
    lostCommits: () => lostCommits(context),
  }
}
