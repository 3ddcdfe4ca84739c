import {mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {dirname, join, relative} from 'node:path'
import fc from 'fast-check'
import {expect, it} from 'vitest'
import {temporaryFolder} from '../../../fixtures/repos/folder.ts'
import {type Answer, applySteps} from '../../../src/cli/init/apply.ts'
import {findFile, readManifest, sha256} from '../../../src/cli/init/files.ts'
import {editSetting} from '../../../src/config/edit.ts'
import {exampleConfig} from '../../../src/config/example.ts'
import {parseConfig} from '../../../src/config/load.ts'
import type {Checkout} from '../../../src/git/checkout.ts'
import {defaultConfig} from '../../../src/model/data/config.ts'
import {type Label, labelSet} from '../../../src/model/data/labels.ts'
import {sameName} from '../../../src/model/data/names.ts'
import {BOARD_COLUMNS, type Board} from '../../../src/model/data/show.ts'
import type {SetupGateway} from '../../../src/model/init/gateway.ts'
import {editOf, withoutEdit} from '../../../src/model/init/lines.ts'
import {MANIFEST_FILE} from '../../../src/model/init/manifest.ts'
import {planInit, type Wanted} from '../../../src/model/init/plan.ts'
import {startingFiles} from '../../../src/model/init/start.ts'
import type {Found, Step} from '../../../src/model/init/step.ts'
import {planUndo} from '../../../src/model/init/undo.ts'

const TITLE = 'Clambake: acme/shop'
const FILES = startingFiles({
  branch: 'main',
  project: 'cli',
  tools: {node: null, rust: null, python: null, go: null},
  config: defaultConfig,
})

type World = {labels: Label[]; board: Board | null; protection: string | null; required?: readonly string[]}

/** GitHub as far as `init` asks for it. */
function memoryGithub(world: World): SetupGateway {
  return {
    repository: async () => ({defaultBranch: 'main', canPush: true}),
    labels: async () => world.labels,
    async ensureLabel(label) {
      world.labels = [...world.labels.filter(({name}) => !sameName(name, label.name)), label]
    },
    async ensureNoLabel(name) {
      world.labels = world.labels.filter(label => label.name !== name)
    },
    isWorn: async () => false,
    board: async () => world.board,
    async ensureBoard({title, columns}) {
      world.board ??= {id: 'PVT_1', title, url: 'https://github.test/1', columns, items: 0, linked: true}
      return world.board
    },
    async completeBoard(_, {columns, link}) {
      const board = world.board!
      world.board = {...board, columns: [...board.columns, ...columns], linked: board.linked || link}
    },
    async ensureNoBoard() {
      world.board = null
    },
    hasChecks: async () => true,
    protection: async () => world.protection,
    async ensureProtection(_, checks) {
      if (world.protection === null) world.required = checks
      world.protection ??= 'ours'
      return world.protection
    },
    async ensureNoProtection() {
      world.protection = null
      delete world.required
    },
  }
}

/** Git that has what stood there in the beginning. */
function memoryCheckout(first: Readonly<Record<string, string>>): Checkout {
  const oid = (text: string) => sha256(text).slice(0, 40)
  return {
    remoteUrl: async () => 'https://github.test/acme/shop.git',
    mainBranch: async () => 'main',
    hasWorkflows: async () => true,
    tracks: async () => true,
    committed: async (path, text) => (first[path] === text ? oid(text) : null),
    textOf: async object => Object.values(first).find(text => oid(text) === object) ?? null,
  }
}

function put(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), {recursive: true})
    writeFileSync(join(root, path), text)
  }
}

function all(root: string): Record<string, string> {
  const files = readdirSync(root, {recursive: true, encoding: 'utf8'}).map(name => join(root, name))
  const texts = files
    .filter(file => statSync(file).isFile())
    .map(file => [relative(root, file), readFileSync(file, 'utf8')])
  return Object.fromEntries(texts.sort())
}

function openScene(first: Readonly<Record<string, string>>, world: World, options: Partial<Wanted> = {}) {
  const folder = temporaryFolder()
  const root = folder.path
  put(root, first)
  const checkout = memoryCheckout(first)
  const setup = memoryGithub(world)
  const wanted = (): Wanted => {
    const toml = all(root)['clambake.toml']
    return {
      labels: labelSet(defaultConfig.routing, 3),
      board: {title: TITLE, columns: BOARD_COLUMNS},
      projectId: parseConfig(toml ?? '').github.project_id ?? null,
      files: FILES,
      config: {path: 'clambake.toml', text: exampleConfig(), about: ''},
      settings: [],
      ignored: {path: '.gitignore', lines: ['.clambake/worktrees/']},
      force: false,
      existing: false,
      edit: editSetting,
      ...options,
    }
  }
  async function look(): Promise<Found> {
    const manifest = await readManifest(root)
    const paths = [...FILES.map(({path}) => path), 'clambake.toml', '.gitignore']
    const files = await Promise.all(paths.map(async path => [path, await findFile(root, path, checkout)] as const))
    return {...world, manifest, branch: 'main', files: Object.fromEntries(files)}
  }
  async function run(
    steps: readonly Step[],
    found: Found,
    {answer = 'yes', checkpoint = () => {}}: {answer?: Answer; checkpoint?: (path: string) => void} = {},
  ) {
    return applySteps(steps, {
      checkpoint,
      survey: {root, checkout, found, reached: {setup, slug: 'acme/shop', branch: 'main'}},
      manifest: found.manifest,
      columns: BOARD_COLUMNS,
      answers: new Map(steps.map(step => [step, answer])),
      onDone: () => {},
    })
  }
  return {
    root,
    plan: async () => planInit(await look(), wanted()),
    async init(answer: Answer = 'yes') {
      const found = await look()
      return run(planInit(found, wanted()), found, {answer})
    },
    /** Begins, and is killed before it writes its file number `at`; false: it was done before. */
    async initKilledAt(at: number) {
      const found = await look()
      let notes = 0
      const checkpoint = () => {
        notes += 1
        if (notes === at) throw new Error('killed')
      }
      return run(planInit(found, wanted()), found, {checkpoint}).then(
        () => false,
        (error: Error) => error.message === 'killed',
      )
    },
    async undo() {
      const found = await look()
      return run(planUndo(found, []), found)
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}

const priorFiles = fc
  .record(
    {
      '.gitignore': fc.constantFrom('', 'out/\n', 'out/', '.clambake/worktrees/\n'),
      'clambake.toml': fc.constantFrom('', '[routing]\nauto = true\n', '[github]\nowner = "acme"', exampleConfig()),
      ...Object.fromEntries(FILES.map(({path, text}) => [path, fc.constantFrom(text, 'mine\n', '')])),
    },
    {requiredKeys: []},
  )
  .map(files => files as Record<string, string>)

const priorWorld: fc.Arbitrary<World> = fc.record({
  labels: fc.subarray(labelSet(defaultConfig.routing, 3)).chain(labels =>
    fc.constantFrom(
      labels,
      labels.map(label => ({...label, color: 'abcdef'})),
    ),
  ),
  board: fc.constantFrom(null, {
    id: 'PVT_9',
    title: TITLE,
    url: '',
    columns: [...BOARD_COLUMNS, 'Later'],
    items: 3,
    linked: true,
  }),
  protection: fc.constantFrom(null, 'of others'),
})

it('after it was done nothing is left to do, and taking it back leaves everything as it was', () =>
  fc.assert(
    fc.asyncProperty(priorFiles, priorWorld, fc.boolean(), async (first, prior, force) => {
      const world = structuredClone(prior)
      using scene = openScene(first, world, {force})
      const done = await scene.init()
      expect(done.filter(({outcome}) => outcome === 'failed')).toEqual([])
      expect((await scene.plan()).filter(({action}) => action !== 'keep')).toEqual([])
      const after = all(scene.root)
      await scene.init()
      expect(all(scene.root)).toEqual(after)

      await scene.undo()
      expect(all(scene.root)).toEqual(first)
      expect(world).toEqual(prior)
    }),
    {numRuns: 15},
  ))

it('killed between a note and what it is about, it is taken back, or repeated and then taken back', () =>
  fc.assert(
    fc.asyncProperty(priorFiles, fc.boolean(), fc.boolean(), async (first, force, repeated) => {
      for (let at = 1; ; at++) {
        using scene = openScene(first, {labels: [], board: null, protection: null}, {force})
        const isKilled = await scene.initKilledAt(at)
        if (repeated) await scene.init()
        await scene.undo()
        // A note of what is gone already is dropped by the command, see `run.ts`.
        const {[MANIFEST_FILE]: _, ...left} = all(scene.root)
        expect(left).toEqual(first)
        if (!isKilled) break
      }
    }),
    {numRuns: 6},
  ))

it('without a yes no file of a person is changed', () =>
  fc.assert(
    fc.asyncProperty(priorFiles, priorWorld, async (first, prior) => {
      const world = structuredClone(prior)
      using scene = openScene(first, world)
      await scene.init('unasked')
      expect(all(scene.root)).toMatchObject(first)
      expect(world.protection).toBe(prior.protection)
      for (const label of prior.labels) expect(world.labels).toContainEqual(label)
    }),
    {numRuns: 10},
  ))

it('what people changed since stays when it is taken back', async () => {
  const world: World = {labels: [], board: null, protection: null}
  using scene = openScene({'.gitignore': 'out/\n'}, world)
  await scene.init()
  put(scene.root, {'.clambake/README.md': 'mine\n', '.gitignore': 'out/\n.clambake/worktrees/ \n'})
  world.labels = world.labels.map(label => (label.name === 'human-only' ? {...label, color: '000000'} : label))
  world.board = {...world.board!, items: 1}
  world.protection = 'with reviews'
  const kept = (await scene.undo()).filter(({outcome}) => outcome === 'kept')
  expect(kept.map(({where}) => where).sort()).toEqual(
    ['main', '.gitignore', '.clambake/README.md', TITLE, 'human-only'].sort(),
  )
  expect(world).toMatchObject({board: {items: 1}, protection: 'with reviews', labels: [{name: 'human-only'}]})
})

it("the protection demands the checks of the workflow that was written, and none of a person's own", async () => {
  const path = '.github/workflows/agent-ci.yml'
  const protection = (steps: readonly Step[]) => steps.find(({subject}) => subject === 'protection')
  const fresh: World = {labels: [], board: null, protection: null}
  using scene = openScene({}, fresh)
  expect(protection(await scene.plan())?.reason).toContain('that passed verify;')
  await scene.init()
  expect(fresh.required).toEqual(['verify'])

  const own: World = {labels: [], board: null, protection: null}
  using other = openScene({[path]: 'name: Mine\n'}, own, {existing: true})
  expect(protection(await other.plan())?.reason).not.toContain('verify')
  await other.init()
  expect(own.required).toEqual([])
})

it('an older text of Clambake is updated without a question', async () => {
  using scene = openScene({}, {labels: [], board: null, protection: null})
  await scene.init()
  const [file] = FILES
  const manifest = JSON.parse(readFileSync(join(scene.root, MANIFEST_FILE), 'utf8'))
  manifest.files[file!.path].sha256 = sha256('of last year\n')
  put(scene.root, {[file!.path]: 'of last year\n', [MANIFEST_FILE]: JSON.stringify(manifest)})
  expect((await scene.plan()).filter(({action}) => action !== 'keep')).toMatchObject([
    {where: file!.path, action: 'change'},
  ])
})

it('columns are added to an empty board after a yes, and never where issues would lose their place', async () => {
  const board = {id: 'PVT_2', title: 'Plans', url: 'https://github.test/2', columns: ['Todo'], items: 0, linked: true}
  const world: World = {labels: [], board, protection: null}
  using scene = openScene({}, world)
  expect((await scene.plan()).find(({subject}) => subject === 'board')).toMatchObject({action: 'ask'})
  world.board = {...board, items: 2}
  expect((await scene.plan()).find(({subject}) => subject === 'board')).toMatchObject({
    action: 'cannot',
    next: 'add them to Status on https://github.test/2',
  })
})

it('nothing is written through a symbolic link, and no manifest names what is outside', async () => {
  using elsewhere = temporaryFolder()
  using scene = openScene({}, {labels: [], board: null, protection: null})
  symlinkSync(elsewhere.path, join(scene.root, '.github'))
  const done = await scene.init()
  expect(done.filter(({outcome}) => outcome === 'failed').map(({where}) => where.split('/')[0])).toEqual([
    '.github',
    '.github',
    '.github',
  ])
  expect(readdirSync(elsewhere.path)).toEqual([])
  for (const path of ['../a', '/a', '.git/config', 'a/../../b']) {
    put(scene.root, {[MANIFEST_FILE]: JSON.stringify({version: 1, files: {[path]: {sha256: '', restores: null}}})})
    await expect(readManifest(scene.root), path).rejects.toMatchObject({code: 'wrong-manifest'})
  }
})

it('an edit can be taken out again, or is not found', () =>
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', '')), fc.array(fc.constantFrom('a', 'b', 'c')), (one, other) => {
      const [before, after] = [one.join('\n'), other.join('\n')]
      expect([before, null]).toContain(withoutEdit(after, editOf('x', before, after)))
    }),
  ))
