import {createHash} from 'node:crypto'
import {mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {dirname, join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'
import {type BuildOptions, build, type Plugin} from 'esbuild'
import {parse, print, visit} from 'graphql'
import {inAscii} from './ascii.ts'
import {quickBuiltins} from './builtins.ts'
import {quickLibraries} from './libraries.ts'
import {licenseTexts} from './licenses.ts'
import {merge} from './merge.ts'

const ROOT = resolve(import.meta.dirname, '../..')
/** Files of an older build stay this long: a program that runs may still load them. */
const STALE_MS = 60 * 60_000
/** Read while building; its text is in the bundle too. */
const GRAPHQL_SCHEMA = 'node_modules/@octokit/graphql-schema/schema.graphql'
/** CommonJS packages inside an ESM bundle ask for `require`. */
const REQUIRE =
  "import {createRequire as __createRequire} from 'node:module'; const require = __createRequire(import.meta.url);"
const COMMAND = ['src/cli/run.ts', 'src/cli/connections.ts']
/** What processes that people wait for load at their start: it is in few files. */
const STARTS = [
  COMMAND,
  [...COMMAND, 'src/cli/screen/show-screen.ts'],
  [...COMMAND, 'src/cli/once/pass-in-process.ts'],
  ['src/cli/run.ts', 'src/cli/doctor/run.ts'],
  ['src/cli/run.ts', 'src/cli/init/run.ts'],
  ['src/cli/run.ts', 'src/cli/hub/place.ts', 'src/cli/hub/off.ts', 'src/hub/direct.ts', 'src/hub/sqlite/engine.ts'],
  ['src/cli/hub/hook/run.ts'],
  ['src/daemon/process.ts'],
  ['src/hub/serve-calls.ts', 'src/hub/sqlite/engine.ts'],
  ['src/tui/splash.ts'],
]
/** Names what of the folder npm leaves out of the package. */
const UNPACKED = '.npmignore'

/** What people start. An old Node can read it, so that it can say what is needed. */
export const ENTRY = {
  absWorkingDir: ROOT,
  bundle: true,
  entryPoints: {clambake: 'src/cli/entry/start.ts'},
  format: 'cjs',
  platform: 'node',
  target: 'node12',
  supported: {'dynamic-import': true},
  outExtension: {'.js': '.cjs'},
  plugins: [apart('main.ts', './clambake.js')],
  banner: {js: '#!/usr/bin/env node'},
} satisfies BuildOptions

/**
 * Bundles the program into `out`. `release` takes the crash points of test builds out. A file that did not change is
 * not touched and one that did is replaced whole, so programs that run from `out` are not disturbed. Gives the version.
 */
export async function bundle(options: {out: string; release: boolean; quiet: boolean}): Promise<string> {
  const {out} = options
  const version = readVersion()
  const shared = settings(options, version)

  const results = await Promise.all([
    // Split, so that a command loads only what it needs.
    build({
      ...shared,
      entryPoints: {
        clambake: 'src/cli/main.ts',
        daemon: 'src/daemon/main.ts',
        'hub-worker': 'src/hub/worker.ts',
      },
      splitting: true,
      // Beside the entries: files of the bundle are found relative to any of them.
      chunkNames: 'chunk-[hash]',
    }),
    buildHost(shared),
    buildAgent(shared),
    // The program that starts others must be small.
    build({...shared, entryPoints: {starter: 'src/base/starter-main.ts'}}),
    build({...shared, entryPoints: {'host-telemetry': 'src/telemetry/sdk.ts'}}),
    build({...shared, ...ENTRY}),
  ])

  const [split, ...others] = results
  const merged = await merge(split.outputFiles, {
    metafile: split.metafile,
    starts: STARTS,
    rest: COMMAND,
    banner: REQUIRE,
  })
  const files = [
    ...merged.map(({name, text}) => ({path: join(out, name), text})),
    ...others.flatMap(result => result.outputFiles),
  ].map(({path, text}) => ({path, contents: finished(path, text)}))
  mkdirSync(out, {recursive: true})
  for (const {path, contents} of files) writeWhole(path, contents, path.endsWith('/clambake.cjs') ? 0o755 : 0o644)
  const schema = join(out, 'github.graphql')
  writeWhole(schema, githubSchema(), 0o644)
  const licenses = join(out, 'THIRD-PARTY-LICENSES.txt')
  const inputs = results.flatMap(({metafile}) => Object.keys(metafile.inputs))
  writeWhole(licenses, Buffer.from(licenseTexts([...inputs, GRAPHQL_SCHEMA], ROOT)), 0o644)
  removeStale(out, new Set([...files.map(({path}) => path), schema, licenses]))
  return version
}

/** Bundles the terminal host alone into `out`, for tests of it. */
export async function bundleHost(options: {out: string; release: boolean; quiet: boolean}): Promise<void> {
  const {outputFiles} = await buildHost(settings(options, readVersion()))
  for (const {path, text} of outputFiles) writeWhole(path, finished(path, text), 0o644)
}

/** What is written of a file's code. The one for an old Node is left as it is. */
function finished(path: string, text: string): Buffer {
  return Buffer.from(path.endsWith('.js') ? inAscii(quickBuiltins(text)) : text)
}

/**
 * The host runs for days from a copy of its own: one file, nothing loaded later. Who traces loads a second one at its
 * start; the others shall not pay for it.
 */
function buildHost(shared: ReturnType<typeof settings>) {
  const plugins = [apart('sdk.ts', './host-telemetry.js'), quickLibraries]
  return build({...shared, entryPoints: {host: 'src/host/main.ts'}, plugins})
}

/** The demo's agent: what starts it and, apart from that, all its code, so that this is kept compiled. */
function buildAgent(shared: ReturnType<typeof settings>) {
  const entryPoints = {'demo-agent': 'fixtures/agent/main.ts', 'demo-agent-run': 'fixtures/agent/run.ts'}
  const plugins = [apart('run.ts', './demo-agent-run.js'), quickLibraries]
  return build({...shared, entryPoints, plugins})
}

/** A digest of the code, without comments, of all files that a file imports, for their types alone too. */
function shapeOf(entry: string): string {
  const code = new Map<string, string>()
  const add = (file: string): void => {
    if (code.has(file)) return
    const text = readFileSync(file, 'utf8').replaceAll(/^ *(\/\*\*|\*|\/\/).*$/gm, '')
    code.set(file, text)
    for (const [, path] of text.matchAll(/from '(\.[^']+)'/g)) add(resolve(dirname(file), path!))
  }
  add(entry)
  const digest = createHash('sha256')
  for (const [, text] of [...code].toSorted(([one], [other]) => (one < other ? -1 : 1))) digest.update(text)
  return digest.digest('hex').slice(0, 12)
}

function readVersion(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {version: string}).version
}

/** What all bundles have in common. */
function settings({out, release, quiet}: {out: string; release: boolean; quiet: boolean}, version: string) {
  return {
    absWorkingDir: ROOT,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.15',
    outdir: out,
    write: false,
    // Native parts are found at run time; Ink's developer tools are never wanted.
    external: ['node-pty', 'sqlite-vec'],
    plugins: [quickLibraries],
    alias: {
      'react-devtools-core': join(ROOT, 'src/scripts/no-devtools.ts'),
      // Its main file finds its parts in a way that no bundler can follow.
      'jsonc-parser': join(ROOT, 'node_modules/jsonc-parser/lib/esm/main.js'),
    },
    define: {
      'process.env.NODE_ENV': '"production"',
      'process.env.DEV': '"false"',
      __CLAMBAKE_VERSION__: JSON.stringify(version),
      __CLAMBAKE_SHAPE__: JSON.stringify(shapeOf(join(ROOT, 'src/protocol/daemon.ts'))),
      __CLAMBAKE_TEST_BUILD__: String(!release),
    },
    banner: {js: REQUIRE},
    // The terms of all packages are in a file of their own.
    legalComments: 'none',
    metafile: true,
    logLevel: quiet ? 'error' : 'warning',
  } satisfies BuildOptions
}

/**
 * GitHub's GraphQL schema without its prose, a third of the size: the demo's GitHub answers by it, and an installed
 * program has no development packages to find it in.
 */
function githubSchema(): Uint8Array {
  const whole = fileURLToPath(new URL('schema.graphql', import.meta.resolve('@octokit/graphql-schema')))
  const document = parse(readFileSync(whole, 'utf8'), {noLocation: true})
  const bare = visit(document, {
    enter: node => ('description' in node && node.description ? {...node, description: undefined} : undefined),
  })
  return Buffer.from(print(bare))
}

/** Leaves a module that is imported dynamically to a file of its own. */
function apart(module: string, file: string): Plugin {
  return {
    name: `${module} apart`,
    setup(builder) {
      builder.onResolve({filter: /\.ts$/}, ({path, kind}) =>
        kind === 'dynamic-import' && path.endsWith(`/${module}`) ? {path: file, external: true} : undefined,
      )
    },
  }
}

function writeWhole(path: string, contents: Uint8Array, mode: number): void {
  const old = statSync(path, {throwIfNoEntry: false}) ? readFileSync(path) : undefined
  if (old?.equals(contents)) return
  mkdirSync(dirname(path), {recursive: true})
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, contents, {mode})
  renameSync(draft, path)
}

/** Removes what no program loads any more, and keeps the rest of an older build out of the package. */
function removeStale(out: string, current: ReadonlySet<string>): void {
  const old = readdirSync(out).filter(name => !current.has(join(out, name)) && name !== UNPACKED)
  const kept = old.filter(name => {
    const path = join(out, name)
    const stat = statSync(path, {throwIfNoEntry: false})
    if (!stat || Date.now() - stat.mtimeMs <= STALE_MS) return true
    rmSync(path, {recursive: true, force: true})
    return false
  })
  writeWhole(join(out, UNPACKED), Buffer.from(kept.map(name => `/${name}\n`).join('')), 0o644)
}
