import fc from 'fast-check'
import picomatch from 'picomatch'
import {describe, expect, it} from 'vitest'
import type {ToolCall} from '../../../src/model/hub/holds/call.ts'
import {coarseWords} from '../../../src/model/hub/holds/coarse.ts'
import {holds} from '../../../src/model/hub/holds/holds.ts'
import {globsMeet, overlaps} from '../../../src/model/hub/holds/overlap.ts'
import {globsOf, isResource, parseResource, type Resource} from '../../../src/model/hub/holds/resource.ts'
import {anyCharacter} from '../../any-character.ts'
import {FREE, HELD, ROOT} from './commands.ts'

function resource(text: string): Resource {
  const read = parseResource(text)
  if (!isResource(read)) throw new Error(`${text}: ${read.problem}`)
  return read
}

const bash = (command: string, more: Partial<ToolCall> = {}): ToolCall => ({
  tool: 'Bash',
  input: {command, description: 'does something'},
  directory: ROOT,
  root: ROOT,
  ...more,
})
const edit = (path: string, tool = 'Edit'): ToolCall => ({
  ...bash(''),
  tool,
  input: {[tool === 'NotebookEdit' ? 'notebook_path' : 'file_path']: path, new_string: 'docker push migration'},
})
const mcp = (tool: string, input: Record<string, unknown> = {}): ToolCall => ({...bash(''), tool, input})

describe('a command', () => {
  for (const [name, lines] of Object.entries(HELD)) {
    it.each(lines)(`is held by ${name}: %s`, line => expect(holds(resource(name), bash(line))).toBe(true))
  }
  for (const [name, lines] of Object.entries(FREE)) {
    it.each(lines)(`is not held by ${name}: %s`, line => expect(holds(resource(name), bash(line))).toBe(false))
  }
})

describe('another tool', () => {
  it.each<[string, ToolCall]>([
    ['src/cart/**', edit(`${ROOT}/src/cart/total.ts`)],
    ['src/cart/**', edit('src/cart/deep/total.ts', 'Write')],
    ['src/cart', edit(`${ROOT}/src/cart/total.ts`, 'MultiEdit')],
    ['src/café/**', edit(`${ROOT}/src/${'café'.normalize('NFD')}/total.ts`)],
    ['src/cart/**', edit('/worktrees/issue-5/src/cart/total.ts')],
    ['**/*.ipynb', edit(`${ROOT}/a/b.ipynb`, 'NotebookEdit')],
    ['package.json', edit(`${ROOT}/package.json`)],
    ['src/{cart,shop}/*.ts', edit(`${ROOT}/src/shop/a.ts`)],
    ['app/(shop)/**', edit(`${ROOT}/app/(shop)/page.tsx`)],
    ['app/(shop)', edit(`${ROOT}/app/(shop)/[id]/page.tsx`)],
    ['compose', edit(`${ROOT}/deploy/docker-compose.yml`, 'Write')],
    ['migration', edit(`${ROOT}/db/migrate/3_x.rb`, 'Write')],
    ['migration', edit(`${ROOT}/alembic/versions/3_x.py`)],
    ['migration', edit(`${ROOT}/Migrations/One.cs`)],
    ['migration', edit(`${ROOT}/sql/V3__x.sql`)],
    ['docker', mcp('mcp__docker__run_container', {image: 'x'})],
    ['docker', mcp('mcp__shell__exec', {command: 'docker ps'})],
    ['docker', mcp('mcp__shell__exec', {args: ['docker', 'ps']})],
    ['docker', mcp('PowerShell', {command: 'docker ps'})],
    ['push:main', mcp('mcp__github__push_files', {branch: 'main'})],
    ['push', mcp('mcp__github__create_or_update_file', {branch: 'x'})],
    ['push:main', mcp('mcp__github__merge_pull_request', {pull: 5})],
    ['src/cart/**', mcp('mcp__filesystem__write_file', {path: `${ROOT}/src/cart/a.ts`})],
    ['src/cart/**', mcp('mcp__files__edit', {edits: [{file: 'file:///home/ada/shop/src/cart/a.ts'}]})],
    ['staging', mcp('mcp__deploy__run', {environment: 'staging'})],
    ['src/cart/**', edit('src/cart/a\nb.ts')],
  ])('is held by %s: %j', (name, call) => expect(holds(resource(name), call)).toBe(true))

  it.each<[string, ToolCall]>([
    ['src/cart/**', edit(`${ROOT}/src/cart.ts`)],
    ['src/cart/**', edit(`${ROOT}/lib/src/cart/a.ts`)],
    ['src/cart/**', mcp('Read', {file_path: `${ROOT}/src/cart/a.ts`})],
    ['src/cart/**', mcp('mcp__filesystem__read_file', {path: `${ROOT}/src/cart/a.ts`})],
    ['package.json', edit(`${ROOT}/web/package.json`)],
    ['docker', edit(`${ROOT}/docker/a.ts`)],
    ['docker', mcp('mcp__clambake__send', {to: 'x', text: 'is docker free?'})],
    ['docker', mcp('mcp__plugin_clambake_hub__send', {text: 'is docker free?', command: 'docker ps'})],
    ['docker', mcp('Task', {prompt: 'docker ps'})],
    ['push:main', mcp('mcp__github__push_files', {branch: 'feature'})],
    ['push:main', mcp('mcp__github__list_commits', {branch: 'main', text: 'push'})],
    ['compose', edit(`${ROOT}/src/compose.ts`)],
  ])('is not held by %s: %j', (name, call) => expect(holds(resource(name), call)).toBe(false))

  it('in another folder of the project is held by its whole path', () => {
    const within = bash('rm total.ts', {directory: `${ROOT}/src/cart`})
    expect(holds(resource('src/cart/**'), within)).toBe(true)
    expect(holds(resource('src/cart/**'), {...within, root: null})).toBe(true)
    expect(holds(resource('src/cart/**'), {...within, directory: `${ROOT}/src`})).toBe(false)
  })

  it('whose line is too long or too deep to be read is held by a word of it', () => {
    expect(holds(resource('docker'), bash(`echo ${'x'.repeat(70_000)}; docker ps`))).toBe(true)
    let line = 'docker ps'
    for (let n = 0; n < 5; n++) line = `bash -c ${JSON.stringify(line)}`
    expect(holds(resource('docker'), bash(line))).toBe(true)
    expect(holds(resource('docker'), bash('echo "unterminated'))).toBe(false)
  })
})

describe('a resource', () => {
  it.each([
    ['docker', 'docker'],
    [' Docker ', 'docker'],
    ['docker compose', 'compose'],
    ['migrations', 'migration'],
    ['push', 'push'],
    ['push:release/*', 'push'],
    ['./src/cart', 'path'],
    ['src//cart/', 'path'],
    ['*.lock', 'path'],
    ['package.json', 'path'],
    ['.env', 'path'],
    ['staging', 'word'],
    ['port:3000', 'word'],
  ])('is read: %s', (text, kind) => expect(parseResource(text)).toMatchObject({kind}))

  it.each([
    ['', 'docker'],
    ['dokcer', 'docker'],
    ['dcker', 'docker'],
    ['migratoin', 'migration'],
    ['migrationss', 'migration'],
    ['composee', 'compose'],
    ['git push origin main', 'push:main'],
    ['push main', 'push:main'],
    ['push:', null],
    ['/etc/passwd', 'etc/passwd'],
    ['../other/src', 'other/src'],
    ['~/x', 'x'],
    ['!src/**', 'src/**'],
    ['src/[cart', 'src/cart'],
    ['src\\cart\\x.ts', 'src/cart/x.ts'],
    ['.', '**'],
    ['the database', 'the'],
    ['a\u001b[2Jb', null],
    ['x'.repeat(300), null],
  ])('is not understood: %j; %j is', (text, nearest) => {
    const read = parseResource(text)
    if (text === 'push:') return expect(read).toEqual({kind: 'push', branch: '*'})
    expect(read).toMatchObject({problem: expect.any(String), nearest})
    if (nearest !== null) expect(isResource(parseResource(nearest))).toBe(true)
  })
})

describe('of any call', () => {
  const words = fc.constantFrom(
    ...[
      'docker',
      'git',
      'push',
      'main',
      'src',
      'cart',
      'rm',
      '-rf',
      '&&',
      '|',
      ';',
      '(',
      ')',
      '"',
      "'",
      '$X',
      '$(',
      '`',
      '>',
    ],
    ...[
      'compose.yaml',
      'sudo',
      'bash',
      '-c',
      'prisma',
      'migrate',
      'db:',
      'V1__x.sql',
      'src/cart/a.ts',
      '*',
      '..',
      'cd',
      'é',
    ],
    ...[
      'alembic',
      'versions',
      'HEAD:main',
      'Docker',
      'd"ocke"r',
      'pu\\sh',
      'staging',
      'Staging',
      '\n',
      'echo',
      'drizzle/x.sql',
    ],
  )
  const lines = fc.array(words, {maxLength: 9}).map(parts => parts.join(' '))
  const paths = fc
    .array(fc.constantFrom('src', 'cart', 'db', 'migrate', 'compose.yml', 'a.ts', 'é', 'x.sql', '..'), {
      minLength: 1,
      maxLength: 5,
    })
    .map(parts => parts.join('/'))
  const calls: fc.Arbitrary<ToolCall> = fc.oneof(
    lines.map(line => bash(line)),
    paths.map(path => edit(path)),
    fc.tuple(lines, paths).map(([command, path]) => mcp('mcp__other__do_push', {command, path, branch: 'main'})),
  )
  const resources = fc.constantFrom(
    ...[
      'docker',
      'compose',
      'migration',
      'push',
      'push:main',
      'src/cart/**',
      'src/cart',
      '**/*.sql',
      'src/*/a.ts',
      'é/**',
    ],
    ...['staging', 'src/{cart,db}/**', 'db/migrate/x.sql', 'compose.yml'],
  )

  it('that is held, one of the coarse words is in its JSON', () => {
    let held = 0
    fc.assert(
      fc.property(resources, calls, (name, call) => {
        const one = resource(name)
        if (!holds(one, call)) return
        held++
        const coarse = coarseWords(one)
        // As Claude Code gives it to a hook.
        const json = JSON.stringify({tool_name: call.tool, tool_input: call.input, cwd: call.directory})
        expect(coarse === null || coarse.some(word => json.includes(word))).toBe(true)
        for (const word of coarse ?? []) expect(JSON.stringify(word)).toBe(`"${word}"`)
      }),
      {numRuns: 3000},
    )
    expect(held).toBeGreaterThan(100)
  })

  it('no text is too odd to be read', () => {
    fc.assert(
      fc.property(fc.string({unit: anyCharacter, maxLength: 60}), fc.string({maxLength: 30}), (line, name) => {
        const read = parseResource(name)
        if (isResource(read)) expect([true, false]).toContain(holds(read, bash(line)))
        else if (read.nearest !== null) expect(isResource(parseResource(read.nearest))).toBe(true)
      }),
      {numRuns: 2000},
    )
  })

  it('a command after another is held as it is alone', () => {
    const held = Object.entries(HELD).flatMap(([name, all]) => all.map(line => [name, line] as const))
    const whole = held.filter(([, line]) => !/["'`]$|\n|&$/.test(line) && !line.startsWith('docker ps "'))
    fc.assert(
      fc.property(
        fc.constantFrom(...whole),
        fc.constantFrom('true && ', 'ls | ', 'false || ', 'a; ', '! ', '( '),
        (one, before) => {
          const line = `${before}${one[1]}${before === '( ' ? ' )' : ''}`
          expect(holds(resource(one[0]), bash(line))).toBe(true)
        },
      ),
    )
  })
})

describe('two resources', () => {
  it.each([
    ['src/cart/**', 'src/**/*.ts', true],
    ['src/cart', 'src/cart/total.ts', true],
    ['src/cart/**', 'src/shop/**', false],
    ['src/*.ts', 'src/a*', true],
    ['src/*.ts', 'src/*.js', false],
    ['src/a?.ts', 'src/[ab]c.ts', true],
    ['docker', 'compose', true],
    ['docker', 'migration', false],
    ['push:main', 'push', true],
    ['push:main', 'push:release/*', false],
    ['staging', 'STAGING', true],
    ['src/{a,b}/c', 'src/b/**', true],
    ['{a,b}/c', 'lib/**', true],
    ['src', 'src/cart/**', true],
    ['src', 'lib/src/**', false],
    ['redis', '**', false],
    ['migration', 'db/migrations/3_x.sql', true],
    ['compose', 'deploy/compose.yml', true],
    ['docker', 'src/docker/**', false],
    ['src/café/**', 'src/café/a.ts'.normalize('NFD'), true],
  ])('%s and %s meet: %s', (a, b, meet) => {
    expect(overlaps(resource(a), resource(b))).toBe(meet)
    expect(overlaps(resource(b), resource(a))).toBe(meet)
  })

  it('meet whenever a path matches both', () => {
    const part = fc.constantFrom('a', 'b', 'ab', '*', '**', 'a*', '?', '*b', '[ab]', '{a,b}')
    const globs = fc.array(part, {minLength: 1, maxLength: 4}).map(parts => parts.join('/'))
    const names = fc.array(fc.constantFrom('a', 'b', 'ab'), {minLength: 1, maxLength: 5}).map(parts => parts.join('/'))
    let both = 0
    fc.assert(
      fc.property(globs, globs, names, (a, b, path) => {
        if (![a, b].every(glob => picomatch(globsOf(glob), {dot: true})(path))) return
        both++
        expect(overlaps({kind: 'path', pattern: a}, {kind: 'path', pattern: b})).toBe(true)
        expect(globsMeet(path, path)).toBe(true)
      }),
      {numRuns: 5000},
    )
    expect(both).toBeGreaterThan(100)
  })
})
