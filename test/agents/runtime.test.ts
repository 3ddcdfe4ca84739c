import {mkdir, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {createJobs} from '../../src/agents/jobs/jobs.ts'
import {copyFiles} from '../../src/agents/runtime/copy.ts'
import {createPorts} from '../../src/agents/runtime/ports.ts'
import {createTearDown} from '../../src/agents/runtime/teardown.ts'
import {createVariables, ticketVariables} from '../../src/agents/runtime/variables.ts'
import {configSchema} from '../../src/model/data/config.ts'
import {memoryHost} from '../daemon/memory-host.ts'
import {refusal} from '../git/setup.ts'
import {aConfig} from '../model/builders.ts'

async function place() {
  const folder = await temporaryFolder('runtime')
  const path = (name: string) => join(folder.path, name)
  const worktree = async (name: string) => {
    await mkdir(path(name), {recursive: true})
    return path(name)
  }
  return {path, worktree, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]()}
}

/** Far from what other tests listen to. */
const FIRST = 40_000 + (process.pid % 1000) * 20

describe('ports', () => {
  it('each worktree has its own, and keeps them over restarts', async () => {
    await using here = await place()
    const folder = here.path('ports')
    const daemon = () => createPorts({folder, first: FIRST})
    const [one, two] = [await here.worktree('one'), await here.worktree('two')]
    const all = await Promise.all([daemon().of(one, 3), daemon().of(two, 3)])
    expect(new Set(all.flat()).size).toBe(6)
    expect(await daemon().of(one, 3)).toEqual(all[0])
    expect(await daemon().of(two, 1)).toEqual([all[1][0]])
  })

  it('those of a worktree that is gone are given again', async () => {
    await using here = await place()
    const ports = createPorts({folder: here.path('ports'), first: FIRST})
    const one = await here.worktree('one')
    const [first] = await ports.of(one, 1)
    await rm(one, {recursive: true})
    expect(await ports.of(await here.worktree('two'), 1)).toEqual([first])
  })

  it('none is given that another program listens to', async () => {
    await using here = await place()
    const server = createServer()
    await new Promise<void>(resolve => server.listen(FIRST + 5, '127.0.0.1', resolve))
    try {
      const ports = createPorts({folder: here.path('ports'), first: FIRST})
      expect((await ports.of(await here.worktree('one'), 1))[0]).toBeGreaterThan(FIRST + 5)
    } finally {
      await new Promise(resolve => server.close(resolve))
    }
  })

  it('says so when none is left', async () => {
    await using here = await place()
    const ports = createPorts({folder: here.path('ports'), first: 65_530})
    const error = await refusal(ports.of(await here.worktree('one'), 1))
    expect(error).toMatchObject({code: 'no-free-port', next: expect.stringContaining('worktree.first_port')})
  })
})

describe('variables of a worktree', () => {
  const filled = (env: Record<string, string>, count = 2) =>
    ticketVariables(aConfig({worktree: {env, ports: count}}), {
      issue: 12,
      agent: 'agent003',
      ports: [21_000, 21_001].slice(0, count),
    })

  it('name the ports, and fill in what the configuration says', () => {
    expect(filled({DATABASE: 'shop_{issue}', NAME: 'slot-{slot}', URL: 'http://127.0.0.1:{port}/{port_2}'})).toEqual({
      CLAMBAKE_PORT: '21000',
      CLAMBAKE_PORT_2: '21001',
      DATABASE: 'shop_12',
      NAME: 'slot-3',
      URL: 'http://127.0.0.1:21000/21001',
    })
    expect(filled({}, 0)).toEqual({})
  })

  it('keep every other text as it is', () => {
    const plain = fc.string().filter(text => !/\{\w+\}/.test(text))
    fc.assert(
      fc.property(plain, text => {
        expect(filled({TEXT: text}).TEXT).toBe(text)
      }),
    )
  })

  it('hold no token for the forge', () => {
    expect(() => filled({GITHUB_TOKEN: 'x'})).toThrow(/GITHUB_TOKEN is a token for the forge/)
  })

  it.each([
    [{env: {A: '{slots}'}}, /worktree\.env\.A text in which only/],
    [{env: {A: '{port}'}}, /worktree\.ports as many ports as/],
    [{env: {A: '{port_3}'}, ports: 2}, /worktree\.ports as many ports as/],
    [{copy: ['../secret']}, /worktree\.copy/],
  ])('are refused with what cannot be: %j', (worktree, problem) => {
    const {error} = configSchema.safeParse({worktree})
    const said = (error?.issues ?? []).map(({path, message}) => `${path.join('.')} ${message}`).join('\n')
    expect(said).toMatch(problem)
  })

  it('are of the agent that works there last', async () => {
    await using here = await place()
    const config = aConfig({worktree: {env: {SLOT: '{slot}'}}})
    const book = {get: (issue: number) => (issue === 7 ? ({record: {agent: 'agent002'}} as never) : undefined)}
    const variablesOf = createVariables({config, book, folder: here.path('ports')})
    expect(await variablesOf({ticket: 7, worktree: '/w'})).toEqual({SLOT: '2'})
    expect(await variablesOf({ticket: 7, worktree: '/w', agent: 'agent004'})).toEqual({SLOT: '4'})
    expect(await variablesOf({ticket: 8, worktree: '/w'})).toEqual({SLOT: '0'})
  })
})

describe('copied files', () => {
  it('are those that git ignores, with their mode, and none that is there or reached by a link', async () => {
    await using here = await place()
    const [root, worktree] = [await here.worktree('root'), await here.worktree('worktree')]
    await mkdir(join(root, 'conf'))
    await writeFile(join(root, '.env.local'), 'KEY=1\n', {mode: 0o600})
    await writeFile(join(root, 'conf/dev.json'), '{}')
    await writeFile(join(root, 'tracked.txt'), 'no')
    await writeFile(join(root, 'there.txt'), 'mine')
    await writeFile(join(worktree, 'there.txt'), 'theirs')
    await symlink('/etc/passwd', join(root, 'link'))
    await symlink(root, join(worktree, 'out'))
    await mkdir(join(root, 'out'))
    await writeFile(join(root, 'out/file'), 'x')
    const paths = ['.env.local', 'conf/dev.json', 'tracked.txt', 'there.txt', 'link', 'out/file', 'conf', 'gone']
    const ignored = async () => new Set(paths.filter(path => path !== 'tracked.txt'))
    expect(await copyFiles({root, worktree, paths, ignored})).toEqual([
      {path: 'tracked.txt', why: 'git does not ignore it'},
      {path: 'link', why: 'it is not a plain file'},
      {path: 'out/file', why: 'a link leads out of the worktree'},
      {path: 'conf', why: 'it is a folder'},
      {path: 'gone', why: 'your checkout does not have it'},
    ])
    expect(await readFile(join(worktree, '.env.local'), 'utf8')).toBe('KEY=1\n')
    expect(await readFile(join(worktree, 'conf/dev.json'), 'utf8')).toBe('{}')
    expect(await readFile(join(worktree, 'there.txt'), 'utf8')).toBe('theirs')
  })
})

describe('the teardown', () => {
  it('runs in a worktree that is there, tells a failure, and goes on', async () => {
    await using here = await place()
    const worktree = await here.worktree('w')
    const clock = createFakeClock()
    const host = memoryHost(clock)
    const config = aConfig({worktree: {teardown: ['docker compose down']}})
    const told: string[] = []
    const jobs = createJobs({
      ...{host, clock, config, sandbox: null, env: {}, stopGraceMs: 1},
      variablesOf: async () => ({CLAMBAKE_PORT: '1'}),
    })
    const tearDown = createTearDown({
      jobs,
      config,
      hub: {append: (event: {message: string}) => void told.push(event.message)} as never,
    })
    const ticket = {ticket: 7, branch: 'b', session: 's'}
    await tearDown({...ticket, worktree: here.path('gone')})
    expect(host.ran).toEqual([])
    await tearDown({...ticket, worktree})
    expect(host.ran.map(({cwd, title, env}) => [cwd, title, env.CLAMBAKE_PORT])).toEqual([[worktree, 'teardown', '1']])
    expect(told).toEqual([])
    host.run = () => ({code: 3, text: 'no docker'})
    await tearDown({...ticket, worktree})
    expect(told).toEqual([expect.stringContaining('the teardown of #7 failed')])
  })
})
