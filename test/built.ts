import {existsSync, mkdirSync, renameSync, writeFileSync} from 'node:fs'
import {basename, join, resolve} from 'node:path'
import {build} from 'esbuild'
import {quickLibraries} from '../src/scripts/libraries.ts'

const ROOT = resolve(import.meta.dirname, '..')
const FOLDER = join(ROOT, 'node_modules/.cache/clambake-tests/built')
const built = new Map<string, Promise<string>>()

/**
 * Bundles a module that a test starts again and again, as a program or in a thread: to find, strip and compile a hundred
 * source files takes longer than all else that it does. Each worker bundles it once, from the sources as they are, and is
 * given the path. A file is named by what it contains, so that workers share it, and runs too.
 */
export function builtFile(module: string): Promise<string> {
  const found = built.get(module) ?? buildFile(module)
  built.set(module, found)
  return found
}

async function buildFile(module: string): Promise<string> {
  const {outputFiles} = await build({
    absWorkingDir: ROOT,
    entryPoints: [module],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    outdir: FOLDER,
    entryNames: '[name]-[hash]',
    write: false,
    external: ['node-pty', 'sqlite-vec'],
    plugins: [quickLibraries],
    alias: {'react-devtools-core': join(ROOT, 'src/scripts/no-devtools.ts')},
    define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
    // CommonJS packages inside a bundle ask for `require`.
    banner: {
      js: "import {createRequire as __createRequire} from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'error',
  })
  mkdirSync(FOLDER, {recursive: true})
  for (const {path, contents} of outputFiles) {
    if (existsSync(path)) continue
    const draft = `${path}.${process.pid}`
    writeFileSync(draft, contents)
    renameSync(draft, path)
  }
  const name = basename(module, '.ts')
  const entry = outputFiles.find(file => basename(file.path).startsWith(`${name}-`))
  if (!entry) throw new Error(`${module} gave no file`)
  return entry.path
}
