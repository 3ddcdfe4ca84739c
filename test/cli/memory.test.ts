import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type TemporaryFolder, temporaryFolder} from '../../fixtures/repos/folder.ts'
import {systemClock} from '../../src/base/clock.ts'
import {ClambakeError} from '../../src/base/errors.ts'
import type {Coordination} from '../../src/hub/coordination.ts'
import {openDirectHub} from '../../src/hub/direct.ts'
import {type Ran, runLine} from './command-line.ts'

let folder: TemporaryFolder
let hub: Coordination & AsyncDisposable
beforeEach(async () => {
  folder = temporaryFolder('clambake-cli-memory-')
  hub = openHub('hub.db')
  await ran('register', '--project', 'acme/widgets', '--task', '#7 the parser')
})
afterEach(async () => {
  await hub[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

function openHub(name: string) {
  return openDirectHub({place: {kind: 'file', file: join(folder.path, name)}, clock: systemClock})
}

/** Runs a command as the session that these tests run in. */
async function tried(...words: string[]): Promise<Ran> {
  return runLine(words, {
    daemon: {},
    more: {
      cwd: folder.path,
      env: {PATH: process.env.PATH},
      hub: async () => hub,
      place: async () => {
        throw new ClambakeError({code: 'not-a-repository', message: 'none here'})
      },
    },
  })
}

async function ran(...words: string[]): Promise<Ran> {
  const result = await tried(...words)
  if (result.failure) throw result.failure
  return result
}

const PORT = 'Port 5432 is taken on the build machines, so the database of the tests is at 5433.'

it('a memory is kept, found by its words, tags and files, printed in full, and changed', async () => {
  const kept = await ran('remember', PORT, '--type', 'gotcha', '--tag', 'ci', '--tag', 'ports', '--file', 'compose.yml')
  expect(kept.out).toMatch(/^stored as 1: Port 5432/)
  await ran('remember', 'Ask before a force push', '--type', 'convention', '--global')
  const found = await ran('recall', 'port of the database')
  expect(found.out).toMatch(
    /^1 {2}Port 5432 .*\n {4}gotcha · acme\/widgets · .* ago · by widgets-[0-9a-f]{4} · #7 · tags ci, ports/,
  )
  expect(found.out).not.toContain('force push')
  for (const filter of [
    ['--tag', 'ci'],
    ['--file', 'compose.yml'],
    ['--type', 'gotcha'],
  ]) {
    const {out} = await ran('recall', ...filter)
    expect(out, filter.join(' ')).toContain(PORT)
    expect(out, filter.join(' ')).not.toContain('force push')
  }
  expect((await ran('recall', '--global')).out).toMatch(/^g1 {2}Ask before a force push\n {4}convention · all projects/)
  expect((await ran('recall', 'g1')).out).toContain('Ask before a force push')
  expect((await ran('update-memory', '1', '--status', 'deprecated', '--tag', 'old')).out).toMatch(
    /^1 is deprecated: Port/,
  )
  expect((await ran('recall', 'database')).out).toBe('Nothing is known of that.')
  expect((await ran('recall', 'database', '--all')).out).toMatch(/gotcha · deprecated · .* · tags old ·/)
  expect((await ran('recall', 'database', '--all', '--project', 'acme/shop')).out).toBe('Nothing is known of that.')
})

it('what says nearly the same is shown and not stored, with what to do; the same is stored once', async () => {
  await ran('remember', PORT, '--type', 'gotcha')
  const near = PORT.replace('is at', 'listens on')
  const shown = await ran('remember', near, '--type', 'gotcha')
  expect(shown.exit).toBe(1)
  expect(shown.out).toContain('Nothing was stored: this says nearly the same.\n\n1  Port 5432')
  expect(shown.out).toContain('clambake update-memory 1 --text "…"')
  expect(shown.out).toContain(`clambake remember '${near}' --type gotcha --anyway`)
  expect((await ran('remember', near, '--type', 'gotcha', '--anyway')).out).toMatch(/^stored as 2/)
  expect((await ran('remember', PORT, '--type', 'gotcha')).out).toMatch(/^it is stored already, as 1/)
  const replaced = await ran('remember', 'The database is at 5434', '--type', 'gotcha', '--supersedes', '2')
  expect(replaced.out).toMatch(/^stored as 3/)
  expect((await ran('recall', '2')).out).toMatch(/superseded by 3/)
})

it.each([
  [['remember'], 'bad-usage', /nothing to remember/],
  [['remember', 'x'], 'bad-usage', /no --type/],
  [['remember', 'x', '--type', 'nonsense'], 'bad-usage', /is not one of architecture/],
  [['remember', 'x', '--type', 'gotcha', '--global'], 'memory-refused', /one project/],
  [['remember', 'x', '--type', 'gotcha', '--supersedes', '9'], 'no-memory', /memory 9/],
  [['remember', `the key is ghp_${'a1B2'.repeat(9)}`, '--type', 'gotcha'], 'memory-refused', /secret/],
  [['remember', 'x', '--import', 'y.md'], 'bad-usage', /exclude/],
  [['remember', '--import', 'missing.md'], 'memory-files', /missing\.md/],
  [['update-memory', '9', '--status', 'resolved'], 'no-memory', /memory 9/],
  [['update-memory', '9'], 'bad-usage', /no change/],
  [['update-memory', 'x9', '--status', 'resolved'], 'bad-usage', /not a memory like 12 or g12/],
  [['recall', '...'], 'bad-usage', /no word/],
  [['recall', 'x', '--export', 'y.md'], 'bad-usage', /exclude/],
])('%j is refused with %s', async (words, code, message) => {
  expect((await tried(...words)).failure).toMatchObject({code, message: expect.stringMatching(message)})
})

describe('an export', () => {
  async function fill(): Promise<void> {
    await ran(
      'remember',
      `${PORT}\n\n---\n# With a heading`,
      '--type',
      'gotcha',
      '--title',
      'Port: "5433"',
      '--tag',
      'ci',
    )
    await ran('remember', 'Prices are in cents', '--type', 'decision', '--file', 'src/**/*.ts')
    await ran('remember', 'Prices are in tenths of cents', '--type', 'decision', '--supersedes', '2')
    await ran('remember', 'Ask before a force push', '--type', 'convention', '--global')
  }

  async function contents(): Promise<unknown[]> {
    const {stdout} = await json('recall', '--all')
    return (stdout as {memories: object[]}).memories
  }

  async function json(...words: string[]) {
    let stdout: unknown
    const result = await runLine(words, {
      daemon: {},
      json: true,
      more: {
        cwd: folder.path,
        env: {PATH: process.env.PATH},
        hub: async () => hub,
        print: value => {
          stdout = value
        },
        place: async () => {
          throw new ClambakeError({code: 'not-a-repository', message: 'none here'})
        },
      },
    })
    if (result.failure) throw result.failure
    return {...result, stdout}
  }

  it.each(['out.md', 'out'])(
    'into %s is imported to the same content, once, and to nothing by a dry run',
    async path => {
      await fill()
      const before = await contents()
      expect((await ran('recall', '--export', path)).out).toMatch(/^4 memories in /)
      // Again, over its own files.
      await ran('recall', '--export', path)
      await hub[Symbol.asyncDispose]()
      hub = openHub('other.db')
      await ran('register', '--project', 'acme/widgets', '--task', '#7 the parser')
      expect((await ran('remember', '--import', path, '--dry-run')).out).toMatch(/^Would be stored: 4\n/)
      expect(await contents()).toEqual([])
      expect((await ran('remember', '--import', path)).out).toMatch(/^Stored: 4\n/)
      const after = await contents()
      // A program does not speak for the author that a file names.
      const by = expect.stringMatching(/^widgets-[0-9a-f]{4} \(imported by widgets-[0-9a-f]{4}\)$/)
      expect(after).toEqual(before.map(memory => ({...(memory as object), by})))
      expect((await ran('remember', '--import', path)).out).toBe('Stored already: 4')
      expect(await contents()).toEqual(after)
    },
  )

  it('writes over no file that is another', async () => {
    await fill()
    writeFileSync(join(folder.path, 'README.md'), '# Mine\n')
    mkdirSync(join(folder.path, 'notes'))
    writeFileSync(join(folder.path, 'notes', 'g1.md'), 'mine')
    for (const path of ['README.md', 'notes']) {
      expect((await tried('recall', '--export', path)).failure).toMatchObject({code: 'memory-files'})
    }
    expect(readFileSync(join(folder.path, 'README.md'), 'utf8')).toBe('# Mine\n')
    expect(readdirSync(join(folder.path, 'notes'))).toEqual(['g1.md'])
  })
})

it('notes are imported by their headings, once; what is too long or a secret is named, and the others are stored', async () => {
  const notes = join(folder.path, '.claude', 'memory')
  mkdirSync(notes, {recursive: true})
  const token = `ghp_${'a1B2'.repeat(9)}`
  writeFileSync(
    join(folder.path, '.claude', 'CLAUDE.md'),
    `# Gotchas\n${PORT}\n# Long\n${'x '.repeat(5000)}\n# Login\n${token}\n`,
  )
  writeFileSync(join(notes, 'tabs.md'), '---\nname: tabs\ndescription: Tabs\n---\nIndent by tabs.\n')
  writeFileSync(join(notes, 'picture.png'), 'no text')
  const first = await ran('remember', '--import', '.claude', '--tag', 'notes')
  expect(first.exit).toBe(1)
  expect(first.out).toMatch(
    /^Stored: 2\n {2}1 {2}Gotchas\n {2}2 {2}Tabs\nRefused: 2\n {2}Long .*10000 bytes|9999 bytes/,
  )
  expect(first.out).not.toContain(token)
  expect((await ran('recall', '--tag', 'notes')).out).toMatch(/gotcha · /)
  expect((await ran('remember', '--import', '.claude')).out).toMatch(/^Stored already: 2\nRefused: 2/)
})
