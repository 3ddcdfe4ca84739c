import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs'
import {dirname, join, resolve} from 'node:path'
import {describe, expect, it} from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const DOCUMENTS = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs')).flatMap(name => (/\.md$/.test(name) ? [`docs/${name}`] : [])),
]
const ARCHITECTURE = read('docs/ARCHITECTURE.md')

/** A path of the repository that is the whole of a span of code: `src/base/clock.ts`. */
const NAMED = /`((?:src|test|components|hooks|fixtures|docs)(?:\/[\w.-]+)*)`/g
const LINKED = /\]\((?!https?:)([^)#\s]+)/g

function read(document: string): string {
  return readFileSync(join(ROOT, document), 'utf8')
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, path]) => path!)
}

function foldersOf(folder: string): string[] {
  const names = readdirSync(join(ROOT, folder)).map(name => `${folder}/${name}`)
  return names.filter(path => statSync(join(ROOT, path)).isDirectory())
}

/** A table of levels in the architecture test, with the folders that exist. */
function levelsOf(name: string, prefix: string): string[] {
  const source = read('test/architecture.test.ts')
  const table = source.slice(source.indexOf(`const ${name}:`)).split('\n}\n')[0]!
  return [...table.matchAll(/^ {2}'?([\w/]+)'?: (\d),$/gm)]
    .filter(([, folder]) => existsSync(join(ROOT, prefix, folder!)))
    .map(([, folder, level]) => `${prefix}${folder}: ${level}`)
}

const TABLES: Record<string, {folder: string; levels: string[]}> = {
  FLOORS: {folder: 'src/model/', levels: levelsOf('FLOORS', '')},
  WINGS: {folder: 'src/model/', levels: levelsOf('WINGS', 'src/model/')},
}

describe.each(DOCUMENTS)('%s', document => {
  it('names only paths that exist', () => {
    expect(matches(read(document), NAMED).filter(path => !existsSync(join(ROOT, path)))).toEqual([])
  })

  it('links only to files that exist', () => {
    const from = join(ROOT, dirname(document))
    expect(matches(read(document), LINKED).filter(path => !existsSync(join(from, path)))).toEqual([])
  })
})

describe('docs/ARCHITECTURE.md', () => {
  const named = new Set(matches(ARCHITECTURE, NAMED))

  it('names every folder of src and of components, and every room and wing in them', () => {
    const rooms = [...foldersOf('src').flatMap(folder => [folder, ...foldersOf(folder)]), ...foldersOf('components')]
    expect(rooms.filter(folder => !named.has(folder))).toEqual([])
  })

  it.each(['FLOORS', 'WINGS'])('says the same %s as the architecture test', table => {
    const {folder, levels} = TABLES[table]!
    const rows = ARCHITECTURE.matchAll(/^\| (\d) \| ([^|]*) \|/gm)
    const said = [...rows].flatMap(([, level, names]) => matches(names!, NAMED).map(name => `${name}: ${level}`))
    expect(said.filter(line => line.startsWith(folder) === (table === 'WINGS')).sort()).toEqual(levels.sort())
  })

  it('draws pictures of at most 100 columns', () => {
    const pictures = [...ARCHITECTURE.matchAll(/```\n([\s\S]*?)```/g)].flatMap(([, text]) => text!.split('\n'))
    expect(pictures.filter(line => line.length > 100)).toEqual([])
  })
})
