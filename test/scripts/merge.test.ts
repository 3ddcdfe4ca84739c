import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {build} from 'esbuild'
import {expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {run} from '../../src/base/run.ts'
import {merge} from '../../src/scripts/merge.ts'

/** Two programs with parts of both, and one part that is loaded when it is asked for. */
const SOURCES = {
  'one.ts': `import {a} from './a.ts'; import {b} from './b.ts'
    console.log('one', a, b, process.argv[2] ? (await import('./late.ts')).late : null)`,
  'two.ts': `import {a} from './a.ts'; import {c} from './c.ts'; console.log('two', a, c)`,
  'late.ts': `import {b} from './b.ts'; import {c} from './c.ts'; export const late = b + c`,
  'a.ts': `console.log('a'); export const a = 1`,
  'b.ts': `import {a} from './a.ts'; import {createHash} from 'node:crypto'
    console.log('b'); export const b = a + createHash('sha1').digest().length`,
  // Too large to be loaded where it is not needed.
  'c.ts': `import {a} from './a.ts'; const text = '${' '.repeat(40_000)}'; console.log(text.trim() + 'c'); export const c = a + 2`,
}
const BANNER = "import {createRequire as __createRequire} from 'node:module'; const require = __createRequire('/');"

it('merges what programs load together, which still do the same, each part once', async () => {
  await using folder = temporaryFolder('clambake-merge-')
  for (const [name, text] of Object.entries(SOURCES)) writeFileSync(join(folder.path, name), text)
  const split = await build({
    absWorkingDir: folder.path,
    entryPoints: ['one.ts', 'two.ts'],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    outdir: folder.path,
    chunkNames: 'chunk-[hash]',
    banner: {js: BANNER},
    write: false,
    metafile: true,
  })
  const merged = await merge(split.outputFiles, {
    metafile: split.metafile,
    starts: [['one.ts'], ['one.ts', 'late.ts'], ['two.ts']],
    rest: [],
    banner: BANNER,
  })
  for (const {name, text} of merged) writeFileSync(join(folder.path, name.replace(/\.js$/, '.mjs')), asModules(text))

  const output = async (...args: string[]) =>
    (await run(process.execPath, {args, cwd: folder.path, env: {}})).stdout.split('\n')
  expect(await output('one.mjs')).toEqual(['a', 'b', 'one 1 21 null'])
  expect(await output('one.mjs', 'late')).toEqual(['a', 'b', 'c', 'one 1 21 24'])
  // It also gets the small part of the other, in one file with what both need.
  expect(await output('two.mjs')).toEqual(['a', 'b', 'c', 'two 1 3'])
  const both = ({text}: {text: string}) => text.includes('log("a")') && text.includes('log("b")')
  expect([split.outputFiles.filter(both).length, merged.filter(both).length]).toEqual([0, 1])
  expect(readFileSync(join(folder.path, 'one.mjs'), 'utf8')).not.toContain('createRequire')
})

it('fails when a start is no file of the build', async () => {
  const options = {metafile: {inputs: {}, outputs: {}}, starts: [['gone.ts']], rest: [], banner: BANNER}
  await expect(merge([], options)).rejects.toThrow('no file of the build starts with gone.ts')
})

/** The folder has no package.json that says what its files are. */
function asModules(text: string): string {
  return text.replaceAll(/(["']\.\/[\w-]+)\.js(["'])/g, '$1.mjs$2')
}
