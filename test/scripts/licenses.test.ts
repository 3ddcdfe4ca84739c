import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {licenseTexts} from '../../src/scripts/licenses.ts'

it('joins the terms of each bundled package, once, and refuses one that names none', () => {
  using folder = temporaryFolder()
  const add = (path: string, about: object, files: Record<string, string> = {}) => {
    mkdirSync(join(folder.path, path), {recursive: true})
    for (const [name, text] of Object.entries({'package.json': JSON.stringify(about), ...files})) {
      writeFileSync(join(folder.path, path, name), text)
    }
  }
  add('node_modules/@a/b', {name: '@a/b', version: '1.0.0', license: 'MIT'}, {'LICENSE.md': 'b may be used\r\n'})
  add(
    'node_modules/c',
    {name: 'c', version: '2.0.0', license: 'Apache-2.0'},
    {LICENSE: 'c too', NOTICE: 'c was made by C', 'licenses.js': 'code'},
  )
  add('node_modules/c/node_modules/d', {name: 'd', version: '3.0.0', license: 'ISC'})
  add('node_modules/e', {name: 'e', version: '4.0.0'})
  const inputs = ['src/main.ts', 'node_modules/@a/b/index.js', 'node_modules/c/x.js', 'node_modules/c/y.js']
  const text = licenseTexts([...inputs, 'node_modules/c/node_modules/d/z.js'], folder.path)
  expect(text.match(/^\S+ \d\.\d\.\d \(.*\)$/gm)).toEqual(['@a/b 1.0.0 (MIT)', 'c 2.0.0 (Apache-2.0)', 'd 3.0.0 (ISC)'])
  expect(text).toContain('b may be used\n')
  expect(text).toContain('c too\n\nc was made by C\n')
  expect(text).toContain('names its license ISC and brings no text')
  expect(text).not.toContain('code\n')
  expect(() => licenseTexts(['node_modules/e/index.js'], folder.path)).toThrow('e names no license')
})
