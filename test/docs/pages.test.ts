import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {leaves} from '../../src/cli/man-page.ts'
import {createProgram} from '../../src/cli/run.ts'
import {BINDINGS} from '../../src/client/commands/bindings.ts'
import {settings} from '../../src/config/shape.ts'
import {tasteSchema} from '../../src/config/taste.ts'
import {errorAreas} from './errors.ts'
import {partsOf, withParts} from './markdown.ts'
import {FOLDER, PAGES} from './pages.ts'

function read(page: string): string {
  return readFileSync(join(FOLDER, page), 'utf8')
}

describe.each(Object.entries(PAGES))('docs/%s', (page, parts) => {
  it('has all the parts that are made from the code, as `npm run docs` writes them', () => {
    expect(partsOf(read(page))).toEqual(Object.keys(parts))
    expect(withParts(read(page), parts)).toBe(read(page))
  })
})

describe('everything is found in the pages:', () => {
  it('every option and argument of every command', () => {
    const page = read('commands.md')
    const sections = new Map(page.split('\n### `clambake ').map(text => [text.split('`')[0]!, text]))
    for (const {name, command} of leaves(createProgram())) {
      const [, text = ''] = [...sections].find(([title]) => title.replace(/ [<[].*/, '') === name) ?? []
      expect(text, name).not.toBe('')
      for (const {long} of command.options) if (long !== '--json') expect(text, name).toContain(long)
      for (const argument of command.registeredArguments) expect(text, name).toContain(argument.name())
    }
  })

  it('every setting', () => {
    const page = read('configuration.md')
    for (const {path} of settings()) expect(page).toContain(`\n| \`${path.at(-1)}\` |`)
    for (const {path} of settings(tasteSchema))
      expect(page, path.join('.')).toContain(`\`${path.at(-1)?.replace('*', 'lists')}\``)
  })

  it('every key by its name', () => {
    const page = read('keys.md')
    for (const {command} of BINDINGS) expect(page).toContain(`| \`${command}\` |`)
  })

  it('every error, with something to do', () => {
    const page = read('troubleshooting.md')
    const codes = errorAreas().flatMap(area => area.codes)
    expect(codes.length).toBeGreaterThan(150)
    for (const code of codes) expect(page).toContain(`\n| \`${code}\` |`)
    expect(page).not.toMatch(/\| *\| *\|$/m)
  })
})

it("the README's first screen says what it is, why, how to try it and how to use it, in this order", () => {
  const first = read('../README.md').split('\n').slice(0, 45).join('\n')
  const places = [
    'docs/screens/demo.svg',
    '**What it is.**',
    '**Why.**',
    '## Try it',
    'npm run demo',
    '## Use it',
    'clambake doctor',
  ]
  expect(places.map(place => first.indexOf(place)).filter(at => at < 0)).toEqual([])
  expect(places.toSorted((a, b) => first.indexOf(a) - first.indexOf(b))).toEqual(places)
})

it('refuses a part that no code makes', () => {
  expect(() => withParts('<!-- made by npm run docs: nothing -->\n<!-- end -->', {})).toThrow('nothing')
})
