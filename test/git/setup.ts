import {spawn} from 'node:child_process'
import {mkdirSync, writeFileSync} from 'node:fs'
import {appendFile, mkdir} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {text} from 'node:stream/consumers'
import type {RepositoryOptions} from '../../fixtures/github/create.ts'
import {startGithub} from '../../fixtures/github/github.ts'
import {sealedEnv, TEST_IDENTITY} from '../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {makeBareClone} from '../../fixtures/repos/made.ts'
import {looseObjects, writeCommit} from '../../fixtures/repos/objects.ts'
import {
  cloneOf,
  createSampleRepository,
  type Files,
  openSampleRepository,
  type SampleRepository,
} from '../../fixtures/repos/sample.ts'
import {systemClock} from '../../src/base/clock.ts'
import {ClambakeError, type ErrorData} from '../../src/base/errors.ts'
import {silentLog} from '../../src/base/log.ts'
import {run} from '../../src/base/run.ts'
import {recordText} from '../../src/git/refs/record-text.ts'
import {type OpenOptions, openRepository, type Repository} from '../../src/git/repository.ts'
import {forecast} from '../../src/landing/forecast.ts'
import type {Claim} from '../../src/model/data/claim.ts'
import {defaultConfig} from '../../src/model/data/config.ts'
import {CLAMBAKE_REFS} from '../../src/model/data/names.ts'
import {conflictsOf} from '../../src/model/radar/forecast.ts'
import {COMPILED} from '../compiled.ts'
import type {Act} from './actor.ts'
import {claimOf} from './claim-of.ts'

export {claimOf} from './claim-of.ts'

/** A bare remote and clones of it, in a folder that goes with the test. */
export type Sandbox = AsyncDisposable & {
  readonly path: string
  readonly url: string
  readonly env: Record<string, string>
  /** Runs git in the bare repository. */
  remote(...args: string[]): Promise<string>
  /** Names of the remote's refs under a prefix. */
  remoteRefs(prefix: string): Promise<string[]>
  clone(name?: string): Promise<SampleRepository>
  open(clone: SampleRepository, options?: Partial<OpenOptions>): Promise<Repository>
  /** Does something in a process of its own; null: it was killed. */
  act(clone: SampleRepository, act: Act): Promise<{ok?: unknown; error?: ErrorData} | null>
}

/** Of `isNew`, the remote was never written to by Clambake. */
export async function createSandbox(
  files: Files = {'README.md': '# Sample\n'},
  {isNew = false}: {isNew?: boolean} = {},
): Promise<Sandbox> {
  const folder = temporaryFolder('clambake-git-')
  const home = join(folder.path, 'home')
  await mkdir(home)
  const seed = await createSampleRepository({dir: join(folder.path, 'seed'), home, files})
  const bare = join(folder.path, 'remote.git')
  const env = sealedEnv(home)
  const remote = async (...args: string[]) => (await run('git', {args: ['-C', bare, ...args], env})).stdout
  const isMade = await makeBareClone({from: seed.dir, dir: bare})
  if (!isMade) await run('git', {args: ['clone', '--quiet', '--bare', seed.dir, bare], env})
  await appendFile(join(bare, 'config'), '[receive]\n\tautogc = false\n')
  if (!isNew) markUsed(bare)
  const url = `file://${bare}`
  let clones = 0
  return {
    path: folder.path,
    url,
    env,
    remote,
    remoteRefs: async prefix =>
      (await remote('for-each-ref', '--format=%(refname)', prefix)).split('\n').filter(Boolean),
    clone: name => cloneOf(url, {dir: join(folder.path, name ?? `clone${++clones}`), home, gitDir: bare}),
    open: (clone, options = {}) => openRepository({...openOptions(clone.dir, env), ...options}),
    act: async (clone, act) => {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'actor.ts'), clone.dir, JSON.stringify(act)], {
        env: {...env, ...COMPILED},
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const out = await text(child.stdout)
      return out === '' ? null : JSON.parse(out)
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

/**
 * Puts the marker in a bare repository that says where Clambake's records are. The first daemon at a repository writes it,
 * by a push; most tests are about what comes later.
 */
function markUsed(gitDir: string): void {
  const objects = looseObjects(gitDir)
  const signature = {...TEST_IDENTITY, date: 0}
  const message = recordText('clambake refs, format 1', {version: 1, nonce: 'made before the test'})
  const tree = objects.write('tree', '')
  const marker = writeCommit(objects, {tree, parents: [], author: signature, committer: signature, message})
  const file = join(gitDir, CLAMBAKE_REFS, 'format')
  mkdirSync(dirname(file), {recursive: true})
  writeFileSync(file, `${marker}\n`)
}

/** Paths in which merging a commit into main would conflict. */
export async function conflictsWithMain(repository: Repository, commit: string): Promise<string[]> {
  using radar = repository.openRadar()
  const sides = [{key: 'it', commit, head: commit}]
  const [conflict] = conflictsOf(await forecast(radar, sides, null), sides)
  return (conflict?.files ?? []).map(({path}) => path).sort()
}

/** A repository whose remote is the fake GitHub, with a login. */
export async function createForge(given: RepositoryOptions = {}) {
  await using cleanup = new AsyncDisposableStack()
  const folder = cleanup.use(temporaryFolder('clambake-git-'))
  const github = cleanup.use(await startGithub())
  const remote = await github.createRepository({owner: 'acme', name: 'widget', ...given})
  const clone = await cloneOf(remote.url, {
    dir: join(folder.path, 'clone'),
    token: github.token,
    home: folder.path,
    gitDir: remote.gitDir,
  })
  if (!given.refuseHiddenRefs) markUsed(remote.gitDir)
  await clone.git('remote', 'set-url', 'origin', remote.url)
  const options: OpenOptions = {...openOptions(clone.dir, clone.env), token: async () => github.token}
  const repository = await openRepository(options)
  const base = await clone.resolve('HEAD')
  const owned = cleanup.move()
  return {github, clone, repository, options, base, [Symbol.asyncDispose]: () => owned.disposeAsync()}
}

let openings = 0

/** A state folder of its own for each opening, in which nothing was noted before. */
export function openOptions(dir: string, env: Record<string, string>): OpenOptions {
  return {
    dir,
    state: join(dir, '..', `state-${++openings}`),
    env,
    owner: 'tester',
    hostName: 'testhost',
    clock: systemClock,
    log: silentLog,
    config: defaultConfig,
  }
}

/** A claimed ticket with its worktree, as an agent finds it. */
export type Ticket = {path: string; branch: string; base: string; claim: Claim; work: SampleRepository}

export async function startTicket(repository: Repository, issue: number, clone: SampleRepository): Promise<Ticket> {
  const {main: base} = await repository.fetch()
  const outcome = await repository.claim(claimOf(issue, base))
  if (!outcome.won) throw new Error(`issue ${issue} is claimed already`)
  const {branch} = outcome.claim.record
  const path = join(repository.workspaceRoot, `issue-${issue}`)
  await repository.ensureWorktree({path, branch, base})
  return {path, branch, base, claim: outcome.claim, work: agentIn(path, clone)}
}

/** The agent's own git in a worktree. */
export function agentIn(path: string, clone: SampleRepository): SampleRepository {
  return openSampleRepository(path, clone.env.HOME)
}

/** The ClambakeError's code of a refused call, with its whole text for further looks. */
export async function refusal(call: Promise<unknown>): Promise<ClambakeError> {
  try {
    await call
  } catch (error) {
    if (error instanceof ClambakeError) return error
    throw error
  }
  throw new Error('The call was not refused')
}
