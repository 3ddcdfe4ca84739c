import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {build} from 'esbuild'

const ROOT = resolve(import.meta.dirname, '../../..')

/**
 * A program of this folder as one file that node can run: it needs no JSX then, and starts as the product does, which keeps
 * its compiled code too: `compiled` is the place for it.
 */
export async function bundleProgram(name: string): Promise<Disposable & {path: string; compiled: string}> {
  const folder = mkdtempSync(join(tmpdir(), 'clambake-tui-'))
  const path = join(folder, `${name}.mjs`)
  await build({
    absWorkingDir: ROOT,
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile: path,
    bundle: true,
    format: 'esm',
    platform: 'node',
    alias: {'react-devtools-core': join(ROOT, 'src/scripts/no-devtools.ts')},
    define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
    banner: {js: "import {createRequire} from 'node:module'; const require = createRequire(import.meta.url);"},
    logLevel: 'error',
  })
  return {
    path,
    compiled: join(folder, 'compiled'),
    [Symbol.dispose]: () => rmSync(folder, {recursive: true, force: true}),
  }
}
