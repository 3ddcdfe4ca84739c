import {existsSync, readFileSync} from 'node:fs'
import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {StepInput} from '../../fixtures/agent/script.ts'
import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import {cloneOf, openSampleRepository} from '../../fixtures/repos/sample.ts'
import {poll} from '../../src/base/clock.ts'
import type {AgentRow, DaemonState, TicketRow} from '../../src/protocol/daemon.ts'
import {refusal} from './refusals.ts'
import {openPlay, type Play} from './stage.ts'

const LONG_MS = 30_000

function issue(title: string, ...turns: StepInput[][]): DemoIssue {
  return {title, body: 'As the title says.', labels: ['route:ready'], turns: turns as DemoIssue['turns']}
}

function writes(file: string): StepInput[] {
  return [
    {do: 'edit', file, content: 'done\n'},
    {do: 'commit', message: `Write ${file}`},
  ]
}

const FOREVER: StepInput[] = [{do: 'sleep', ms: 600_000}]
const FAILS: StepInput[] = [{do: 'fail', exitCode: 3}]

/** Numbers as the tests name them. */
const [CLOSED, LONG, TAKEN, FOLDER, BRANCH, ELSEWHERE, ASKS, FAILING, DEAF, FLOODS, SHY, LIMITED, SHUT, DIRTY] =
  Array.from({length: 14}, (_, index) => index + 1) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
const ISSUES: DemoIssue[] = [
  issue('Closed already'),
  issue('Takes long', FOREVER),
  issue('Taken elsewhere', FOREVER),
  issue('A folder in the way', writes('folder.txt')),
  issue('A branch in the way', writes('branch.txt')),
  issue('Worktree on another branch', FOREVER),
  issue('Asks first', [{do: 'ask', command: 'npm install left-pad'}, ...writes('asked.txt')]),
  issue('Fails again and again', FAILS, FAILS, FAILS, FAILS, FAILS),
  issue('Deaf to SIGTERM', [
    {do: 'ignore-sigterm'},
    {do: 'grandchild', setsid: true},
    {do: 'edit', file: 'half.txt', content: 'half of the work\n'},
    {do: 'hang'},
  ]),
  issue('Floods its terminal', [{do: 'flood', lines: 20_000}, ...writes('flood.txt')]),
  issue('Commits nothing', [{do: 'say', text: 'I am done.'}]),
  issue('Meets a limit', [
    {do: 'fail-turn', error: 'rate_limit', says: "You've hit your session limit · resets 8:31pm (Europe/Berlin)"},
  ]),
  issue('Closed by hand', writes('shut.txt')),
  issue('Leaves files', [{do: 'edit', file: 'left.txt', content: 'not committed\n'}]),
]

let play: Play
let daemon: Awaited<ReturnType<Play['daemon']>>
beforeAll(async () => {
  // Each ticket lands by its own pull request, as the sentences look at one of them.
  play = await openPlay({issues: ISSUES, agents: 12, bundling: {max_bundle_size: 1}})
  play.repository.closeIssue(CLOSED)
  await play.command(['daemon', 'start'])
  daemon = await play.daemon()
  // It is started three times more, after pauses of 21 seconds together, in which the other sentences are played.
  await pop(FAILING)
})
afterAll(async () => {
  await daemon[Symbol.asyncDispose]()
  await play[Symbol.asyncDispose]()
})

const state = (): Promise<DaemonState> => daemon.call('state', {})

async function until<T>(probe: () => Promise<T | undefined> | T | undefined, what: string): Promise<T> {
  const found = await poll(probe, {everyMs: 50, timeoutMs: LONG_MS})
  if (found === undefined) throw new Error(`never: ${what}\n${JSON.stringify((await state()).tickets)}`)
  return found
}

const pop = (number: number) => daemon.call('pop', {issue: number}, {timeoutMs: LONG_MS})

function ticketOnce(number: number, holds: (row: TicketRow) => boolean, what: string): Promise<TicketRow> {
  const find = async () => (await state()).tickets.find(ticket => ticket.number === number && holds(ticket))
  return until(find, `#${number} ${what}`)
}

const isBlocked = ({phase}: TicketRow) => phase === 'blocked'
const worktreeOf = (number: number) => join(play.checkout, '.clambake/worktrees', `issue-${number}`)
const git = (dir: string) => openSampleRepository(dir, join(play.folder, 'home')).git

function agentOnce(number: number, wanted: AgentRow['state']): Promise<AgentRow> {
  const find = async () => (await state()).agents.find(row => row.ticket === number && row.state === wanted)
  return until(find, `the agent of #${number} is ${wanted}`)
}

describe('an issue that cannot be claimed', () => {
  it('is unknown or closed', async () => {
    expect(await refusal(play, ['pop', '999'])).toMatchObject({
      exitCode: 1,
      message: '#999 is not an issue of this repository',
      kept: 'nothing was claimed',
      next: expect.stringContaining('clambake peek'),
    })
    expect(await refusal(play, ['pop', String(CLOSED)])).toMatchObject({
      message: `#${CLOSED} is closed`,
      next: expect.stringContaining('reopen it'),
    })
  })

  it('is claimed already, here or in another clone: by whom and since when', async () => {
    await pop(LONG)
    const here = await refusal(play, ['pop', `#${LONG}`])
    expect(here.message).toMatch(/^#2 is already \w+ with agent\d{3} on \S+ since \d{4}-\d\d-\d\d \d\d:\d\d UTC$/)
    expect(here.next).toMatch(/clambake attach agent\d{3}/)

    const other = join(play.folder, 'other')
    await cloneOf(play.repository.url, {dir: other, token: play.github.token, home: join(play.folder, 'home')})
    const apart = {CLAMBAKE_STATE_DIR: join(play.folder, 'state-of-another')}
    const taken = await play.command(['pop', String(TAKEN)], apart, other)
    expect(taken.stderr).toBe('')
    const there = await refusal(play, ['pop', String(TAKEN)])
    expect(there.message).toMatch(/claimed by agent001 on \S+ since \d{4}-\d\d-\d\d \d\d:\d\d UTC/)
    await play.command(['daemon', 'stop'], apart, other)
    // Its agent keeps running in a host of its own, which the end of the play does not reach.
    for (const entry of await play.processes()) {
      if (entry.includes(apart.CLAMBAKE_STATE_DIR)) process.kill(Number.parseInt(entry, 10), 'SIGTERM')
    }
    expect((await play.command(['peek'])).stdout).toMatch(/Taken elsewhere .* claimed by agent001 on/)
  })
})

describe('a place that is taken', () => {
  it('by a folder is left as it is, told, and free after it was moved away', async () => {
    const mine = join(worktreeOf(FOLDER), 'mine.txt')
    await mkdir(worktreeOf(FOLDER), {recursive: true})
    await writeFile(mine, 'precious\n')
    const told = await refusal(play, ['pop', String(FOLDER)])
    expect(told.exitCode).toBe(1)
    expect(told.message).toContain(`${worktreeOf(FOLDER)} is there already and is not a worktree of this repository`)
    expect(told.message).toContain('move it away')
    expect(await readFile(mine, 'utf8')).toBe('precious\n')
    const {exitCode, stdout} = await play.command(['status'])
    expect({exitCode, stdout}).toMatchObject({exitCode: 1, stdout: expect.stringContaining(`clambake pop ${FOLDER}`)})
    await git(play.checkout)('clean', '-fdxq', worktreeOf(FOLDER))
    await pop(FOLDER)
    await ticketOnce(FOLDER, ({detail}) => detail === 'bottled', 'was bottled')
  })

  it('by a branch with other commits keeps them', async () => {
    // Whatever agent gets it, the branch is there.
    const names = (await state()).agents.map(({agent}) => `${agent}/${BRANCH}-a-branch-in-the-way`)
    await play.repository.pushCommit({branch: 'foreign', files: {'foreign.txt': 'foreign\n'}, from: 'main'})
    await play.repository.pushCommit({branch: 'main', files: {'moved.txt': 'main has moved\n'}})
    const theirs = play.repository.branch('foreign')!
    for (const name of names) await play.repository.git('update-ref', `refs/heads/${name}`, theirs)
    await play.repository.refsChanged()
    const {branch} = await pop(BRANCH)
    expect(branch).toMatch(/^agent\d{3}\/5-a-branch-in-the-way-2$/)
    for (const name of names) expect(await play.repository.git('rev-parse', `refs/heads/${name}`)).toBe(theirs)
  })

  it('by another branch in the worktree of a ticket is reported when the work is inspected', async () => {
    await pop(ELSEWHERE)
    await ticketOnce(ELSEWHERE, ({phase}) => phase === 'working', 'was worked on')
    await git(worktreeOf(ELSEWHERE))('switch', '--quiet', '-c', 'my-own-branch')
    await git(worktreeOf(ELSEWHERE))('commit', '--quiet', '--allow-empty', '-m', 'Mine')
    const mine = await git(worktreeOf(ELSEWHERE))('rev-parse', 'HEAD')
    const told = await refusal(play, ['bottle', (await agentOnce(ELSEWHERE, 'working')).agent])
    expect(told.message).toContain('is on my-own-branch, not on agent')
    expect(told.kept).toContain(worktreeOf(ELSEWHERE))
    expect(await git(worktreeOf(ELSEWHERE))('rev-parse', 'my-own-branch')).toBe(mine)
  })
})

describe('a command that has nothing to do', () => {
  it('says what is missing and changes nothing', async () => {
    const {agent} = await agentOnce(LONG, 'working')
    for (let times = 0; times < 3; times++) {
      expect(await refusal(play, ['bottle', agent])).toMatchObject({
        exitCode: 1,
        message: `#${LONG} is not ready to be bottled: it has no commit of its own`,
        kept: expect.stringContaining(`${agent} keeps working`),
      })
    }
    await agentOnce(LONG, 'working')
    expect(await refusal(play, ['bottle', 'agent011'])).toMatchObject({
      message: 'agent011 has no ticket',
      next: expect.stringContaining('clambake status'),
    })
    for (const command of ['bottle', 'attach']) {
      const app = play.open({args: [command, 'agent099'], cols: 100})
      expect(await app.gone()).toMatchObject({exitCode: 2})
      await app.sees('There is no agent099 here: agents are agent001')
    }
    const free = play.open({args: ['attach', 'agent012'], cols: 100})
    expect(await free.gone()).toMatchObject({exitCode: 1})
    await free.sees('clambake: agent012 has no terminal: it is available')
    expect(await refusal(play, ['logs', 'agent012'])).toMatchObject({exitCode: 1, message: 'agent012 has no terminal'})
    expect(await refusal(play, ['logs', 'agent012', '--follow'])).toMatchObject({message: 'agent012 has no terminal'})
  })
})

describe('an agent', () => {
  it('that asks is shown as waiting, makes status exit with 1, and takes the answer from an attached screen', async () => {
    await pop(ASKS)
    const {agent} = await agentOnce(ASKS, 'waiting')
    const {exitCode, stdout} = await play.command(['status'])
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/◆ asks +#7 Asks first/)
    expect(stdout).toMatch(/#7 asks Bash .*: clambake agents answer a\d{3}/)
    const app = play.open({args: ['attach', agent]})
    await app.sees('npm install left-pad')
    await app.sees(/typing ◆ asks/)
    await app.type('y')
    await ticketOnce(ASKS, ({detail}) => detail === 'bottled', 'went on after the answer')
    app.kill('SIGHUP')
  })

  it('that fails is started again, then left to a person with all that it did', async () => {
    const {attention} = await ticketOnce(FAILING, isBlocked, 'was blocked')
    expect(attention).toMatch(/ended|no commit/)
  })

  it('that is deaf to SIGTERM is ended with all that it started, its files in a rescue ref first', async () => {
    await pop(DEAF)
    const half = join(worktreeOf(DEAF), 'half.txt')
    await until(() => (existsSync(half) && readFileSync(half, 'utf8') !== '') || undefined, 'half of the work is there')
    const {agent} = await agentOnce(DEAF, 'working')
    const {stdout} = await play.command(['agents', 'stop', agent])
    const ref = /kept: (refs\/clambake\/rescue\/\S+)/.exec(stdout)?.[1]
    expect(await git(play.checkout)('show', `${ref}:half.txt`)).toBe('half of the work')
    await until(
      async () => (await state()).agents.find(row => row.agent === agent && row.state === 'available'),
      'the agent is free again',
    )
    expect((await play.processes()).filter(entry => entry.includes(worktreeOf(DEAF)))).toEqual([])
    expect(await readFile(half, 'utf8')).toBe('half of the work\n')
  })

  it('that floods its terminal finishes like any other', async () => {
    await pop(FLOODS)
    await ticketOnce(FLOODS, ({detail}) => detail === 'bottled', 'was bottled')
  })

  it('that commits nothing, or leaves files, is reminded and then left to a person', async () => {
    await Promise.all([SHY, DIRTY].map(pop))
    expect((await ticketOnce(SHY, isBlocked, 'was blocked')).attention).toContain('made no commit after 2 reminders')
    expect((await ticketOnce(DIRTY, isBlocked, 'was blocked')).attention).toContain('uncommitted')
    expect(await readFile(join(worktreeOf(DIRTY), 'left.txt'), 'utf8')).toBe('not committed\n')
  })

  it('that meets a limit is shown as limited, and needs no person', async () => {
    await pop(LIMITED)
    await agentOnce(LIMITED, 'limited')
    const {stdout} = await play.command(['status'])
    expect(stdout).toMatch(/⏸ limit until 8:31pm +#12 Meets a limit/)
    expect(stdout).not.toMatch(/#12 .*clambake/)
  })
})

describe('landing', () => {
  it('stops at a pull request that a person closed, and keeps branch and worktree', async () => {
    await pop(SHUT)
    const {branch} = await ticketOnce(SHUT, ({detail}) => detail === 'bottled', 'was bottled')
    let number = 0
    const closeOnceOpen = () =>
      play.github.fault({
        kind: 'meanwhile',
        match: {method: 'POST', path: /graphql$/},
        run() {
          const pull = play.repository.pulls().find(({head}) => head.branch === branch)
          // Pull requests of others are looked at as well.
          if (!pull) return void closeOnceOpen()
          number = pull.number
          play.repository.closePull(number)
        },
      })
    closeOnceOpen()
    const {exitCode, stdout} = await play.command(['land', '--json'])
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout).waiting).toContainEqual(
      expect.objectContaining({ticket: SHUT, reason: `pull request #${number} was closed by hand`}),
    )
    expect(play.repository.branches()).toContain(branch)
    expect(await readFile(join(worktreeOf(SHUT), 'shut.txt'), 'utf8')).toBe('done\n')
  })

  it('tells of a forced push to main, keeps what was there, and sends no train by itself any more', async () => {
    const before = play.repository.branch('main')!
    const app = play.open()
    await app.sees('acme/shop')
    await app.sees(/train \d/)
    await play.repository.pushCommit({branch: 'main', files: {'forced.txt': 'x\n'}, from: 'main~1', force: true})
    await app.sees('main was force-pushed')
    await app.seesNo(/train \d+:\d/)
    const kept = await git(play.checkout)('for-each-ref', '--contains', before, '--format=%(refname)')
    expect(kept).toContain('refs/clambake/rescue/main')
    app.kill('SIGHUP')
  })
})
