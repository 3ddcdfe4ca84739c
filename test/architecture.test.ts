import {readdirSync, readFileSync} from 'node:fs'
import {dirname, join, relative, resolve} from 'node:path'
import {parseAst} from 'rolldown/parseAst'
import {describe, expect, it} from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')

/** Floors of the house: imports go down only; packages of floors 2 and 3 never import a sibling. */
const FLOORS: Record<string, number> = {
  'src/base': 0,
  'src/model': 1,
  'src/protocol': 1,
  'src/rpc': 2,
  'src/config': 2,
  'src/telemetry': 2,
  'src/git': 2,
  'src/github': 2,
  'src/hub': 2,
  'src/terminal': 2,
  'src/forge': 3,
  'src/agents': 3,
  'src/mcp': 3,
  'src/tickets': 3,
  'src/landing': 3,
  'src/recovery': 3,
  'src/host': 4,
  'src/daemon': 4,
  'src/client': 4,
  components: 4,
  hooks: 4,
  'src/tui': 5,
  'src/cli': 6,
}
/** `cli` and `tui` compose the rest; `components` and `hooks` see each other and the client. */
const SIBLINGS_ALLOWED = new Set([
  'src/protocol>src/model',
  'components>hooks',
  'components>src/client',
  'hooks>src/client',
])
/** Handlers take gateways as arguments; `src/forge` is what opens those of git and GitHub. */
const HANDLERS_SEE_NOT = ['src/git/', 'src/github/']
/** The host and its terminals speak the protocol and know no decision's gateways. */
const HOST_SEES_NOT: Record<string, string[]> = {
  'src/host': ['src/model/gateways/'],
  'src/terminal': ['src/model/gateways/'],
}
const COMPONENTS_SEE = new Set(['components', 'hooks', 'src/client', 'src/model', 'src/protocol', 'src/base'])

/** The wings of the model, each of which imports from those of a lower storey only; wings of one storey do not meet. */
const WINGS: Record<string, number> = {
  data: 0,
  hub: 1,
  landing: 1,
  radar: 1,
  review: 1,
  gateways: 2,
  agent: 2,
  ticket: 3,
  core: 4,
  spending: 5,
  routing: 6,
  mirror: 6,
  recovery: 7,
  decide: 8,
  init: 2,
}
/** Most files at the model's top: what belongs to all wings. */
const MODEL_TOP = 5

/** One door for every outside thing: package → the only folders or files that may import it. */
const DOORS: Record<string, string[]> = {
  'node-pty': ['src/terminal'],
  '@xterm/headless': ['src/terminal', 'src/tui/chrome'],
  '@xterm/addon-unicode-graphemes': ['src/terminal', 'src/tui/chrome'],
  '@octokit/rest': ['src/github'],
  '@octokit/plugin-throttling': ['src/github'],
  '@octokit/plugin-retry': ['src/github'],
  'simple-git': ['src/git'],
  kysely: ['src/hub'],
  'node:sqlite': ['src/base/machine/lock-file.ts', 'src/hub', 'src/rpc'],
  pg: ['src/hub/postgres'],
  zustand: ['src/client', 'hooks'],
  conf: ['src/config'],
  'smol-toml': ['src/config'],
  '@opentelemetry/sdk-node': ['src/telemetry'],
  '@opentelemetry/sdk-trace': ['src/telemetry'],
  '@opentelemetry/resources': ['src/telemetry'],
  '@opentelemetry/exporter-trace-otlp-http': ['src/telemetry'],
  pino: ['src/telemetry'],
  ink: ['components', 'hooks', 'src/tui'],
  'ink-table': ['components'],
  react: ['components', 'hooks', 'src/tui'],
  marked: ['src/client/detail'],
  lowlight: ['src/client/review'],
  fuzzysort: ['src/client'],
  xstate: ['src/model'],
  unbash: ['src/model/hub/holds'],
  commander: ['src/cli'],
  '@msgpack/msgpack': ['src/rpc'],
  '@modelcontextprotocol/sdk': ['src/mcp'],
}

type Import = {
  file: string
  specifier: string
  /** Loaded together with the file; not so types and dynamic imports. */
  eager: boolean
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map(entry => relative(ROOT, join(entry.parentPath, entry.name)))
}

type ImportNode = {type?: string; source?: {value?: unknown}; importKind?: string; exportKind?: string}

/** Every import of a file: static, type-only, re-export and dynamic with a literal. */
function importsOf(file: string): Import[] {
  const found: Import[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const child of node) visit(child)
      return
    }
    if (typeof node !== 'object' || node === null) return
    const {type, source, importKind, exportKind} = node as ImportNode
    if (type && /^(Import|Export(Named|All))/.test(type) && typeof source?.value === 'string') {
      const eager = type !== 'ImportExpression' && importKind !== 'type' && exportKind !== 'type'
      found.push({file, specifier: source.value, eager})
    }
    for (const child of Object.values(node)) visit(child)
  }
  visit(parseAst(readFileSync(join(ROOT, file), 'utf8'), {lang: file.endsWith('x') ? 'tsx' : 'ts'}))
  return found
}

function packageOf(file: string): string | undefined {
  return Object.keys(FLOORS).find(folder => file.startsWith(`${folder}/`))
}

function bareName(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

const files = [...sourceFiles('src'), ...sourceFiles('components'), ...sourceFiles('hooks')]
const imports = files.flatMap(importsOf)

describe('floors', () => {
  it('imports go downward and floors 2 and 3 have no sideways imports', () => {
    const wrong = imports.flatMap(({file, specifier}) => {
      if (!specifier.startsWith('.')) return []
      const from = packageOf(file)
      const to = packageOf(relative(ROOT, resolve(ROOT, dirname(file), specifier)))
      if (!from || !to || from === to) return []
      if (from === 'components' || from === 'hooks') return COMPONENTS_SEE.has(to) ? [] : [`${file} → ${specifier}`]
      if (SIBLINGS_ALLOWED.has(`${from}>${to}`)) return []
      return FLOORS[to]! < FLOORS[from]! ? [] : [`${file} → ${specifier}`]
    })
    expect(wrong).toEqual([])
  })

  it('handlers and the host get gateways and protocol, not what is behind them', () => {
    const wrong = imports.flatMap(({file, specifier}) => {
      if (!specifier.startsWith('.')) return []
      const [from, target] = [packageOf(file) ?? '', relative(ROOT, resolve(ROOT, dirname(file), specifier))]
      const behind = FLOORS[from] === 3 && from !== 'src/forge' ? HANDLERS_SEE_NOT : HOST_SEES_NOT[from]
      return behind?.some(folder => target.startsWith(folder)) ? [`${file} → ${target}`] : []
    })
    expect(wrong).toEqual([])
  })

  it('only the git package makes a landing lock, and nothing casts to one', () => {
    const makers = files.filter(file => /\blandingLock\b/.test(code(file)))
    expect(makers).toEqual(['src/git/refs/landing-lock.ts', 'src/model/gateways/landing-lock.ts'])
    expect(files.filter(file => /\bas (unknown as )?LandingLock\b/.test(code(file)))).toEqual([])
  })

  it('the wings of the model import downward, and little stands beside them', () => {
    const wingOf = (file: string) => /^src\/model\/(\w+)\//.exec(file)?.[1]
    const inModel = files.filter(file => file.startsWith('src/model/'))
    expect(inModel.filter(file => wingOf(file) === undefined).length).toBeLessThanOrEqual(MODEL_TOP)
    expect([...new Set(inModel.map(wingOf))].filter(wing => wing !== undefined && !(wing in WINGS))).toEqual([])
    const wrong = imports.flatMap(({file, specifier}) => {
      const target = relative(ROOT, resolve(ROOT, dirname(file), specifier))
      const [from, to] = [wingOf(file), wingOf(target)]
      if (!specifier.startsWith('.') || !from || !to || from === to) return []
      return WINGS[to]! < WINGS[from]! ? [] : [`${file} → ${target}`]
    })
    expect(wrong).toEqual([])
  })

  it('nothing in src imports fixtures or tests, but the demo', () => {
    const wrong = imports.filter(
      ({file, specifier}) => /(^|\/)(fixtures|test)\//.test(specifier) && !file.startsWith('src/cli/demo'),
    )
    expect(wrong).toEqual([])
  })

  it('the model does no input or output and never waits', () => {
    const wrong = imports.filter(({file, specifier}) => file.startsWith('src/model/') && specifier.startsWith('node:'))
    expect(wrong).toEqual([])
    const waiting = files.filter(
      file => file.startsWith('src/model/') && /\bawait\b|Date\.now|setTimeout/.test(code(file)),
    )
    expect(waiting).toEqual([])
  })
})

describe('circles', () => {
  it('no files import each other in a circle, types included', () => {
    const graph = Map.groupBy(
      imports.filter(({specifier}) => specifier.startsWith('.')),
      ({file}) => file,
    )
    const targets = (file: string) =>
      (graph.get(file) ?? []).map(({specifier}) => relative(ROOT, resolve(ROOT, dirname(file), specifier)))
    const circles = circlesOf(files, targets)
    expect(circles).toEqual([])
  })
})

describe('doors', () => {
  it.each(Object.entries(DOORS))('%s has one door', (name, doors) => {
    const wrong = imports.filter(
      ({file, specifier}) => bareName(specifier) === name && !doors.some(door => file.startsWith(door)),
    )
    expect(wrong).toEqual([])
  })

  it('escape characters are written only where a terminal is spoken to', () => {
    const wrong = files.filter(
      file => !/^src\/(terminal|tui|scripts)\/|^src\/base\/text/.test(file) && /\\x1b|\\u001b|\\e\[/i.test(code(file)),
    )
    expect(wrong).toEqual([])
  })
})

describe('start', () => {
  /** The files that are loaded with one, and the packages that they load. */
  function loadedWith(file: string, loaded = new Set<string>()): Set<string> {
    if (loaded.has(file)) return loaded
    loaded.add(file)
    for (const {specifier} of imports.filter(other => other.file === file && other.eager)) {
      if (specifier.startsWith('.')) loadedWith(relative(ROOT, resolve(ROOT, dirname(file), specifier)), loaded)
      else loaded.add(bareName(specifier))
    }
    return loaded
  }

  it('the help and the version wait for no process, no repository and no screen', () => {
    const needless = [...loadedWith('src/cli/run.ts')].filter(name =>
      /^src\/(rpc|git|github|forge|hub|terminal|daemon|tui|config|telemetry)\//.test(name),
    )
    expect(needless).toEqual([])
  })

  it('the screen loads no daemon', () => {
    const needless = [...loadedWith('src/cli/screen/show-screen.ts')].filter(name =>
      /^src\/(daemon|github|forge|hub|landing)\//.test(name),
    )
    expect(needless).toEqual([])
  })
})

describe('size', () => {
  it('no file is over 500 lines and the median is near 100', () => {
    const all = [...files, ...sourceFiles('fixtures'), ...sourceFiles('test')]
    const sizes = all.map(file => ({file, lines: readFileSync(join(ROOT, file), 'utf8').split('\n').length}))
    expect(sizes.filter(({lines}) => lines > 500)).toEqual([])
    const sorted = sizes.map(({lines}) => lines).sort((a, b) => a - b)
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(160)
  })

  it('no folder of the product has more than 25 files at one level', () => {
    const counts = new Map<string, number>()
    for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1)
    expect([...counts].filter(([, count]) => count > 25)).toEqual([])
  })
})

/** Groups of files that import each other, directly or by way of others: Tarjan's strongly connected components. */
function circlesOf(names: readonly string[], targets: (name: string) => readonly string[]): string[][] {
  const seen = new Map<string, {index: number; lowest: number; onPath: boolean}>()
  const path: string[] = []
  const circles: string[][] = []
  const visit = (name: string) => {
    const node = {index: seen.size, lowest: seen.size, onPath: true}
    seen.set(name, node)
    path.push(name)
    for (const target of targets(name)) {
      const other = seen.get(target) ?? visit(target)
      if (other.onPath) node.lowest = Math.min(node.lowest, other.lowest)
    }
    if (node.lowest === node.index) {
      const members = path.splice(path.indexOf(name))
      for (const member of members) seen.get(member)!.onPath = false
      if (members.length > 1) circles.push(members.sort())
    }
    return node
  }
  for (const name of names) if (!seen.has(name)) visit(name)
  return circles
}

/** The file's text without comments. */
function code(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
}
