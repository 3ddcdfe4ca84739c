import {join} from 'node:path'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {
  cloneOf,
  createSampleRepository,
  openSampleRepository,
  type SampleRepository,
} from '../../fixtures/repos/sample.ts'
import {systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {run} from '../../src/base/run.ts'
import {openRepository} from '../../src/git/repository.ts'
import {defaultConfig} from '../../src/model/data/config.ts'
import type {BundleWork} from '../../src/model/data/landing/bundle.ts'
import {type BenchResult, judge, quantile, valueAtMost} from './result.ts'
import type {Say} from './say.ts'

const FILES = 2800
const FOLDERS = 70
const WORKS = 50
/** Files that a work changes. */
const CHANGED = 6
const TIMES = 3

/** A bundle of many works, built without a worktree, beside one `git merge` after another in a worktree. */
export async function benchBundle(say: Say): Promise<BenchResult[]> {
  await using folder = temporaryFolder('clambake-bench-')
  say(`landing: making ${FILES} files and ${WORKS} branches`)
  const {clone, works} = await makeClone(folder.path)
  const repository = await openRepository({
    ...{dir: clone.dir, env: clone.env, owner: 'bench', hostName: 'bench', clock: systemClock, log: silentLog},
    ...{config: defaultConfig, state: join(folder.path, 'state')},
  })
  await repository.fetch()
  say(`landing: a bundle of ${WORKS}, and the same by git merge`)
  const times: number[] = []
  let tip = ''
  for (let attempt = 0; attempt < TIMES; attempt++) {
    const began = performance.now()
    const built = await repository.buildBundle({works, attempt})
    times.push(performance.now() - began)
    if (built.state !== 'built' || built.commits.length !== WORKS) throw new Error('the bundle was not built whole')
    tip = built.commits.at(-1)!.commit
  }
  const single = await mergeSingly(clone, {path: join(folder.path, 'merged'), works})
  const [ours, theirs] = await Promise.all(
    [`${tip}^{tree}`, `${single.tip}^{tree}`].map(name => clone.git('rev-parse', name)),
  )
  if (ours !== theirs) throw new Error('git merge made other files')
  const figure = {name: `a bundle of ${WORKS} works`, value: quantile(times, 0.5), unit: 'ms', reference: single.ms}
  return [judge(figure, valueAtMost(2000))]
}

async function makeClone(folder: string): Promise<{clone: SampleRepository; works: BundleWork[]}> {
  const path = (file: number) => `src/room${file % FOLDERS}/file${file}.ts`
  const text = (file: number) =>
    Array.from({length: 40}, (_, line) => `export const v${file}x${line} = ${line}`).join('\n')
  const files = Object.fromEntries(Array.from({length: FILES}, (_, file) => [path(file), `${text(file)}\n`]))
  const seed = await createSampleRepository({dir: join(folder, 'seed'), files})
  const bare = join(folder, 'remote.git')
  await run('git', {args: ['clone', '--quiet', '--bare', seed.dir, bare], env: seed.env})
  const branches = Array.from({length: WORKS}, (_, work) => {
    const changes = Array.from({length: CHANGED}, (_, index) => {
      const file = work * CHANGED + index
      const data = `// work ${work}\n${text(file)}\n`
      return `M 100644 inline ${path(file)}\ndata ${data.length}\n${data}\n`
    })
    const head = `commit refs/heads/b${work}\ncommitter B <b@example.test> 1700000000 +0000\ndata 1\nb\nfrom refs/heads/main\n`
    return `${head}${changes.join('')}\n`
  })
  await run('git', {args: ['fast-import', '--quiet'], cwd: bare, env: seed.env, input: branches.join('')})
  const clone = await cloneOf(`file://${bare}`, {dir: join(folder, 'clone')})
  const works: BundleWork[] = []
  for (let work = 0; work < WORKS; work++) {
    const head = await clone.resolve(`origin/b${work}`)
    works.push({ticket: work + 1, title: `Work ${work}`, branch: `b${work}`, head})
  }
  return {clone, works}
}

/** Milliseconds that the merges take, one process and one commit after another; making the worktree does not count. */
async function mergeSingly(
  clone: SampleRepository,
  {path, works}: {path: string; works: readonly BundleWork[]},
): Promise<{ms: number; tip: string}> {
  await clone.git('worktree', 'add', '--quiet', '--detach', path, 'origin/main')
  const worktree = openSampleRepository(path, clone.env.HOME)
  const began = performance.now()
  for (const {head, ticket} of works) await worktree.git('merge', '--quiet', '--no-ff', '-m', `Work ${ticket}`, head)
  return {ms: performance.now() - began, tip: await worktree.resolve('HEAD')}
}
