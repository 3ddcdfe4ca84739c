import {resolve} from 'node:path'
import {build} from 'esbuild'
import {expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {run} from '../../src/base/run.ts'
import {quickLibraries} from '../../src/scripts/libraries.ts'

/** Prints a digest of what the terminal says of every character, alone and after an emoji. */
const WIDTHS = `
  import graphemes from '@xterm/addon-unicode-graphemes'
  import {createHash} from 'node:crypto'
  const hash = createHash('sha1')
  const register = rules => {
    const emoji = rules.charProperties(0x1f468, 0)
    for (let code = 0; code < 0x110000; code += 1) {
      hash.update([rules.wcwidth(code), rules.charProperties(code, 0), rules.charProperties(code, emoji)].join())
    }
  }
  new graphemes.UnicodeGraphemesAddon().activate({unicode: {register, activeVersion: ''}})
  console.log(hash.digest('hex'))`

it('unpacks the same table of characters as the terminal itself', async () => {
  await using folder = temporaryFolder('clambake-libraries-')
  const digest = async (name: string, plugins: (typeof quickLibraries)[]) => {
    const outfile = resolve(folder.path, name)
    const stdin = {contents: WIDTHS, resolveDir: import.meta.dirname, sourcefile: 'widths.mjs'}
    await build({stdin, outfile, plugins, bundle: true, format: 'esm', platform: 'node'})
    return (await run(process.execPath, {args: [outfile], cwd: folder.path, env: {}})).stdout
  }
  const [quick, plain] = await Promise.all([digest('quick.mjs', [quickLibraries]), digest('plain.mjs', [])])
  expect(quick).toMatch(/^[0-9a-f]{40}$/)
  expect(quick).toBe(plain)
})
