import {mkdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {setTimeout} from 'node:timers/promises'
import {describe, expect, it, vi} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import type {ErrorData} from '../../src/base/errors.ts'
import {silentLog} from '../../src/base/log.ts'
import {parseConfig} from '../../src/config/load.ts'
import {watchConfiguration} from '../../src/daemon/loops/configuration.ts'
import {AT_ONCE, memoryWorld} from './memory.ts'

const TWO = '[routing]\nmax_agents = 2\n'

/** Watches a folder with this text in its `clambake.toml`; null: without the file. */
function watched(text: string | null) {
  const folder = temporaryFolder()
  const clock = createFakeClock()
  const file = join(folder.path, 'clambake.toml')
  if (text !== null) writeFileSync(file, text)
  let running = parseConfig(text ?? '')
  let trouble: ErrorData | null | undefined
  const taken: number[] = []
  const watch = watchConfiguration({
    root: folder.path,
    env: {},
    clock,
    log: silentLog,
    running: () => running,
    takeUp(config) {
      running = config
      taken.push(config.routing.max_agents)
    },
    onTrouble: (_, error) => {
      trouble = error
    },
  })
  /** Lets time pass until the condition holds. */
  const until = (condition: () => void) =>
    vi.waitFor(async () => {
      await clock.advance(300)
      condition()
    })
  return {
    file,
    taken,
    clock,
    until,
    trouble: () => trouble,
    async [Symbol.asyncDispose]() {
      watch[Symbol.dispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

describe('a clambake.toml that is edited under a running daemon', () => {
  it('is taken up when it is right, however it is written, and names what waits for a restart', async () => {
    await using here = watched(TWO)
    const {file, taken, until, trouble} = here
    await until(() => expect(trouble()).toBeNull())
    writeFileSync(file, '# a comment changes nothing\n[routing]\nmax_agents = 2\n')
    writeFileSync(file, '[routing]\nmax_agents = 3\n')
    await until(() => expect(taken).toEqual([3]))
    // As editors save: a new file takes the place of the old one.
    writeFileSync(`${file}.new`, '[routing]\nmax_agents = 4\n')
    renameSync(`${file}.new`, file)
    await until(() => expect(taken).toEqual([3, 4]))
    // As git checks out: the old file is removed first.
    rmSync(file)
    writeFileSync(file, '[github]\nowner = "acme"\n[routing]\nmax_agents = 5\n')
    await until(() => expect(taken).toEqual([3, 4, 5]))
    expect(trouble()).toMatchObject({
      message: 'github.owner of clambake.toml is changed: clambake daemon restart takes it up',
    })
    writeFileSync(file, TWO)
    await until(() => expect(taken).toEqual([3, 4, 5, 2]))
    expect(trouble()).toBeNull()
  })

  it('says until when a change of the folder of worktrees waits', async () => {
    await using here = watched('[agents]\nworkspace_root = "trees"\n')
    const {file, until, trouble} = here
    await until(() => expect(trouble()).toBeNull())
    const trees = join(dirname(file), 'trees')
    mkdirSync(join(trees, 'issue-7'), {recursive: true})
    writeFileSync(file, '[agents]\nworkspace_root = "other"\n')
    const waits = 'agents.workspace_root of clambake.toml is changed: clambake daemon restart takes it up'
    await until(() => expect(trouble()?.message).toBe(`${waits} once ${trees} has no worktree of a ticket`))
    rmSync(trees, {recursive: true})
    writeFileSync(file, '[agents]\nworkspace_root = "others"\n')
    await until(() => expect(trouble()?.message).toBe(waits))
  })

  it('changes nothing when it is wrong, gone or empty, and says so until it is mended', async () => {
    await using here = watched(TWO)
    const {file, taken, until, trouble} = here
    writeFileSync(file, '[routing]\nmax_agents = "many"\nauto = 1\n')
    await until(() =>
      expect(trouble()).toMatchObject({
        message: expect.stringMatching(
          /^clambake\.toml has 2 mistakes:; line 2: routing\.max_agents must be .*; line 3: routing\.auto/,
        ),
        kept: 'the daemon still uses what it read before',
        next: 'correct clambake.toml: it is taken up as soon as it is right',
      }),
    )
    rmSync(file)
    await until(() => expect(trouble()?.message).toBe('clambake.toml is gone, and its settings stay in force'))
    writeFileSync(file, '')
    await until(() => expect(trouble()?.message).toBe('clambake.toml is empty, and its settings stay in force'))
    rmSync(file)
    mkdirSync(file)
    await until(() => expect(trouble()?.message).toContain('clambake.toml cannot be read'))
    rmSync(file, {recursive: true})
    writeFileSync(file, TWO)
    await until(() => expect(trouble()).toBeNull())
    expect(taken).toEqual([])
  })

  it('is taken up long after the last change, of which no event tells and neither size nor time shows it', async () => {
    await using here = watched(TWO)
    await using elsewhere = temporaryFolder()
    const {file, taken, until, trouble, clock} = here
    const target = join(elsewhere.path, 'settings.toml')
    writeFileSync(target, TWO)
    const {atime, mtime} = statSync(target)
    rmSync(file)
    symlinkSync(target, file)
    await until(() => expect(trouble()).toBeNull())
    const look = async () => {
      await clock.advance(15_000)
      await setTimeout(10)
    }
    for (const agents of [3, 4]) {
      for (let looks = 0; looks < 5; looks++) await look()
      writeFileSync(target, `[routing]\nmax_agents = ${agents}\n`)
      utimesSync(target, atime, mtime)
      await vi.waitFor(
        async () => {
          await look()
          expect(taken.at(-1)).toBe(agents)
        },
        {timeout: 10_000},
      )
    }
  })

  it('is taken up where there was none, and what is half-written is not', async () => {
    await using here = watched(null)
    const {file, taken, until, trouble, clock} = here
    await until(() => expect(trouble()).toBeNull())
    writeFileSync(file, '[routing]\nmax_agents = 1')
    for (let tries = 0; tries < 10; tries++) {
      await clock.advance(20)
      await setTimeout(10)
    }
    writeFileSync(file, '[routing]\nmax_agents = 12\n')
    await until(() => expect(taken).toEqual([12]))
  })

  it('is taken up when a second read finds the same, however long the first one took', async () => {
    await using here = watched(TWO)
    const {file, taken, until, trouble, clock} = here
    await until(() => expect(trouble()).toBeNull())
    writeFileSync(file, '[routing]\nmax_agents = 5\n')
    // The look begins and much time passes; the file is read only after that.
    void clock.advance(20_000)
    await setTimeout(100)
    expect(taken).toEqual([])
    await until(() => expect(taken).toEqual([5]))
  })
})

describe('a running daemon', () => {
  it('works by an edited file: fewer agents finish what they have, more take the next issue', async () => {
    await using folder = temporaryFolder()
    const file = join(folder.path, 'clambake.toml')
    const write = (agents: number, more = '') =>
      writeFileSync(file, `[routing]\nauto = true\nmax_agents = ${agents}\n${more}`)
    write(2)
    const world = memoryWorld({routing: {auto: true, max_agents: 2}}, () => {}, folder.path)
    const {github, host} = world
    for (const issue of [1, 2, 3, 4]) github.openIssue(issue)
    using daemon = await world.start({mode: AT_ONCE})
    daemon.reconciler.start()
    const names = () => daemon.state().agents.map(({agent, ticket}) => `${agent} ${ticket ?? '-'}`)
    const until = async (condition: () => void) =>
      vi.waitFor(async () => {
        await world.clock.advance(500)
        condition()
      })
    await until(() => expect(names()).toEqual(['agent001 1', 'agent002 2']))
    await until(() => expect(host.live()).toHaveLength(2))
    write(1)
    await until(() => expect(daemon.engine.state().config.routing.max_agents).toBe(1))
    await until(() => expect(daemon.state().events[0]?.message).toContain('routing.max_agents'))
    expect(names(), 'no agent is stopped').toEqual(['agent001 1', 'agent002 2'])
    expect(host.live()).toHaveLength(2)
    await daemon.api.stopAgent({agent: 'agent002'})
    await until(() => expect(names()).toEqual(['agent001 1']))
    expect(host.live()).toHaveLength(1)

    write(3, '[landing]\nregenerat = []\n')
    const wrong = 'clambake.toml line 5: unknown key landing.regenerat'
    await until(() => expect(daemon.state().header.troubles.join()).toContain(wrong))
    expect(names()).toEqual(['agent001 1'])
    write(3)
    const atWork = () => daemon.state().agents.map(({ticket}) => ticket)
    await until(() => expect(atWork().toSorted()).toEqual([1, 3, 4]))
    expect(daemon.state().header.troubles.join()).not.toContain('clambake.toml')
  })
})

describe('a profile whose program is missing', () => {
  it('holds every issue back and says why, claims nothing, and is right again as soon as the program is there', async () => {
    const world = memoryWorld({routing: {max_agents: 3}})
    const {github, git, clock} = world
    for (const issue of [1, 2]) github.openIssue(issue)
    const fault = {program: 'codex', what: 'profile codex: codex is not in PATH', mend: 'install it'}
    world.missing = fault
    using daemon = await world.start({mode: AT_ONCE})
    daemon.reconciler.start()
    await clock.advance(60_000)
    expect(git.claimRefs.size).toBe(0)
    const {queue} = await daemon.api.peek({limit: 9})
    expect(queue.map(({gate}) => gate)).toEqual([fault.what, fault.what])
    expect((await daemon.api.why({subject: '1'})).facts[0]?.text).toBe(`nothing is started: ${fault.what}`)
    expect(daemon.state().header.troubles[0]).toContain(`No agent can start: ${fault.what}`)
    await expect(daemon.api.pop({issue: 1})).rejects.toThrow(/No agent can start: profile codex/)
    world.missing = null
    await world.until(() => git.claimRefs.size === 2, 'both are claimed at the next look')
    expect(daemon.state().header.troubles).toEqual([])
  })

  it('counts as there at the moment in which a person asks for an agent', async () => {
    const world = memoryWorld()
    world.github.openIssue(1)
    world.missing = {program: 'codex', what: 'codex is not in PATH', mend: 'install it'}
    using daemon = await world.start()
    await daemon.reconciler.look()
    world.missing = null
    expect(await daemon.api.pop({issue: 1})).toMatchObject({ticket: 1})
  })

  it('that goes between two looks leaves no claim behind', async () => {
    const world = memoryWorld({routing: {max_agents: 1}})
    const {github, git} = world
    github.openIssue(1)
    using daemon = await world.start()
    await daemon.reconciler.look()
    world.missing = {program: 'codex', what: 'codex is not in PATH', mend: 'install it'}
    daemon.engine.dispatch({type: 'popAsked', issue: 1})
    await world.until(() => daemon.engine.state().profileFault !== null, 'it is seen at the claim')
    await world.until(() => daemon.state().tickets.every(({phase}) => phase === 'ready'), 'the issue is free')
    expect(git.claimRefs.size).toBe(0)
  })
})
