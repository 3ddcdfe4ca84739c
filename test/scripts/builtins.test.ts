import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {run} from '../../src/base/run.ts'
import {quickBuiltins} from '../../src/scripts/builtins.ts'

const WORKS = `console.log(join('a', 'b'), typeof parse)
import process from 'node:process'
import {join, "resolve" as parse, default as path} from 'path'; import * as files from 'node:fs'
import 'node:url'
import events, {EventEmitter as Emitter} from 'node:events'
export {sep} from 'node:path'
console.log("import {x} from 'node:fs'", typeof files.readFileSync, path.sep, events === Emitter)
const {constants} = await import('node:os')
console.log(typeof constants, process.moduleLoadList.includes('NativeModule internal/fs/streams'))
`

it('gives a program the modules of Node, and loads nothing that it does not use', async () => {
  await using folder = temporaryFolder('clambake-builtins-')
  const output = async (name: string, code: string) => {
    writeFileSync(join(folder.path, name), code)
    return (await run(process.execPath, {args: [name], cwd: folder.path, env: {}})).stdout
  }
  const lines = ['a/b function', "import {x} from 'node:fs' function / true"]
  expect(await output('imports.mjs', WORKS)).toBe([...lines, 'object true'].join('\n'))
  expect(await output('takes.mjs', quickBuiltins(WORKS))).toBe([...lines, 'object false'].join('\n'))
})

it('leaves imports of other modules', () => {
  const code = `import {z} from 'zod';\nimport './chunk.js';\n`
  expect(quickBuiltins(code)).toBe(code)
})
