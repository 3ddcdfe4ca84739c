import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {type TemporaryFolder, temporaryFolder} from '../../fixtures/repos/folder.ts'
import {layoutFor, openTaste} from '../../src/config/taste.ts'

let home: TemporaryFolder
beforeEach(() => {
  home = temporaryFolder()
})
afterEach(() => home[Symbol.dispose]())

const open = () => openTaste({env: {HOME: home.path}})
function write(text: string): string {
  const folder = join(home.path, '.config', 'clambake')
  mkdirSync(folder, {recursive: true})
  writeFileSync(join(folder, 'taste.json'), text)
  return join(folder, 'taste.json')
}

it('has defaults, and reading them writes nothing', () => {
  expect(open().taste).toEqual({theme: 'auto', glyphs: 'auto', keys: {}, detach_key: 'ctrl+]', fleet: [], layouts: {}})
  expect(readdirSync(home.path)).toEqual([])
})

it('is read from the file, one key or several for a command', () => {
  const file = write('{"glyphs": "ascii", "keys": {"agent.stop": "x", "app.quit": ["q", "ctrl+q"]}}')
  expect(open().file).toBe(file)
  expect(open().taste).toMatchObject({
    glyphs: 'ascii',
    keys: {'agent.stop': ['x'], 'app.quit': ['q', 'ctrl+q']},
  })
})

it('prefers XDG_CONFIG_HOME', () => {
  const {file} = openTaste({env: {HOME: home.path, XDG_CONFIG_HOME: join(home.path, 'xdg')}})
  expect(file).toBe(join(home.path, 'xdg', 'clambake', 'taste.json'))
})

it('keeps a change, and the rest of the file', () => {
  const file = write('{"glyphs": "ascii"}')
  const store = open()
  store.set({keys: {'agent.stop': 'x'}})
  expect(store.taste.keys).toEqual({'agent.stop': ['x']})
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({glyphs: 'ascii', keys: {'agent.stop': 'x'}})
  expect(open().taste).toEqual(store.taste)
})

it.each([
  ['{"glyps": "ascii"}', 'unknown key glyps; did you mean glyphs?'],
  ['{"theme": "neon"}', 'theme must be one of "auto", "dark", "light", "plain", found "neon"'],
  ['{"keys": {"app.quit": 3}}', 'keys.app.quit must be a key or a list of keys, found 3'],
  ['{"layouts": {"/shop": {"list": 40}}}', 'unknown key layouts./shop.list'],
  ['{"layouts": {"/shop": {"lists": 4}}}', 'layouts./shop.lists must be'],
  ['{"fleet": ["/shop", "api"]}', 'fleet.1 must be a path that begins with / or ~/, found "api"'],
  ['{"glyphs": ', 'cannot be read'],
])('names the file for %s, and leaves it as it is', (text, mistake) => {
  const file = write(text)
  expect(open).toThrow(expect.objectContaining({code: 'wrong-taste', exitCode: 2}))
  expect(open).toThrow(file)
  expect(open).toThrow(mistake)
  expect(readFileSync(file, 'utf8')).toBe(text)
})

it('refuses a wrong change and writes nothing', () => {
  const store = open()
  // @ts-expect-error a caller without types
  expect(() => store.set({theme: 'neon'})).toThrow('theme must be')
  expect(existsSync(store.file)).toBe(false)
  expect(store.taste.theme).toBe('auto')
})

it('has a layout for each repository, and one for all others', () => {
  write('{"layouts": {"/shop": {"lists": 40}, "*": {"agents_abreast": 2}}}')
  const {taste} = open()
  expect(layoutFor(taste, '/shop')).toEqual({lists: 40})
  expect(layoutFor(taste, '/other')).toEqual({agents_abreast: 2})
})
