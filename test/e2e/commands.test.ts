import {spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {DEMO_ISSUES, type DemoIssue} from '../../fixtures/demo/issues.ts'
import {poll} from '../../src/base/clock.ts'
import {run} from '../../src/base/run.ts'
import type {StoredEvent} from '../../src/model/data/event.ts'
import type {Orphan} from '../../src/model/data/recovery/orphan.ts'
import type {AgentRow, ClaimRow, DaemonState, Message, PassReport} from '../../src/protocol/daemon.ts'
import {openPlay, type Play, PROGRAM} from './stage.ts'
import {stateWhen} from './steps.ts'

/** A slow agent's turn is still going on when a command looks. */
const SLOW = 1500
/** An agent that is at its first step as long as a test looks. */
const STILL = 60_000
const LONG_MS = 30_000

async function until<T>(probe: () => Promise<T | undefined>, what: string): Promise<T> {
  const found = await poll(probe, {everyMs: 50, timeoutMs: LONG_MS})
  if (found === undefined) throw new Error(`never: ${what}`)
  return found
}

function gitIn(play: Play, env: Record<string, string> = {}) {
  return async (...args: string[]) =>
    (await run('git', {args, cwd: play.checkout, env: {...play.env, ...WHO, ...env}, timeoutMs: LONG_MS})).stdout
}
const WHO = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
}

/** A branch of an agent that has a commit, made so many minutes ago, and no owner. */
async function abandon(play: Play, branch: string, minutes: number): Promise<void> {
  const git = gitIn(play, {GIT_COMMITTER_DATE: new Date(Date.now() - minutes * 60_000).toISOString()})
  await git('switch', '-q', '-c', branch)
  const file = `${branch.replaceAll('/', '-')}.txt`
  await writeFile(join(play.checkout, file), 'half')
  await git('add', file)
  await git('commit', '-q', '-m', `Half of ${branch}`)
  await git('switch', '-q', 'main')
}

/** Waits for messages over a connection: a command for each look would be most of the work. */
async function messagesOnce(play: Play, hold: (messages: Message[]) => boolean): Promise<void> {
  await using daemon = await play.daemon()
  await until(
    async () => (hold(await daemon.call('messages', {limit: 10})) ? true : undefined),
    'the messages are as wanted',
  )
}

async function agentOf(play: Play, name: string): Promise<AgentRow> {
  const {agents} = (await play.json('agents', 'list')) as {agents: AgentRow[]}
  return agents.find(({agent}) => agent === name)!
}

describe('in a place where nothing is claimed', () => {
  let play: Play
  beforeAll(async () => {
    play = await openPlay({pace: SLOW})
  })
  afterAll(() => play[Symbol.asyncDispose]())

  it('--once --read-only changes nothing, and starts nothing', {timeout: 180_000}, async () => {
    const before = new Map(play.repository.refs())
    const issues = JSON.stringify(play.repository.issues())
    const {stdout, exitCode} = await play.command(['--once', '--read-only', '--json'])
    const report = JSON.parse(stdout) as PassReport
    expect(report).toMatchObject({merged: [], needsHuman: [], lost: []})
    expect(report.skipped).toHaveLength(9)
    expect(exitCode).toBe(0)
    expect(new Map(play.repository.refs())).toEqual(before)
    expect(JSON.stringify(play.repository.issues())).toBe(issues)
    expect(play.pids()).toEqual({daemon: null, host: null})
  })

  it('conflicts finds what does not merge, also what is not committed, without a daemon', async () => {
    const git = gitIn(play)
    const two = join(play.folder, 'two')
    await git('switch', '-q', '-c', 'one')
    await writeFile(join(play.checkout, 'README.md'), 'one\n')
    await git('commit', '-q', '-a', '-m', 'One')
    await git('switch', '-q', 'main')
    await git('worktree', 'add', '-q', '-b', 'two', two, 'main')
    const clean = await play.command(['conflicts'])
    expect(clean).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('It merges with main: one'),
    })
    await writeFile(join(two, 'README.md'), 'two\n')
    const {exitCode, stdout} = await play.command(['conflicts'])
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/two +one +README\.md +files as they are/)
    const {conflicts, sides} = (await play.json('conflicts')) as Pick<DaemonState, 'conflicts' | 'sides'>
    expect(conflicts).toMatchObject([{one: {branch: 'two'}, other: {branch: 'one'}, committed: false}])
    expect(sides).toHaveLength(2)
    await play.command(['reserve', 'README.md', '--why', 'writes it'])
    expect((await play.command(['conflicts'])).stdout).toContain('README.md')
    expect(await play.json('conflicts')).toMatchObject({reserved: [{pattern: 'README.md', touched: [{}, {}]}]})
    await play.command(['release', '--all'])
    await git('worktree', 'remove', '--force', two)
    await git('branch', '-q', '-D', 'one', 'two')
    expect(await play.pids()).toEqual({daemon: null, host: null})
  })

  it('--read-only shows the screen with every action off, with and without a daemon', {timeout: 180_000}, async () => {
    const before = new Map(play.repository.refs())
    for (const running of [false, true]) {
      if (running) await play.command(['daemon', 'start'])
      const app = play.open({args: ['--read-only']})
      await app.sees('Fix login redirect')
      await app.sees('read-only')
      await app.press('p')
      await app.sees('read-only screen')
      await app.press('q')
      expect(await app.gone()).toMatchObject({exitCode: 0})
      expect(play.pids().daemon !== null).toBe(running)
    }
    const claims = [...play.repository.refs().keys()].filter(ref => ref.includes('claims/'))
    expect(claims).toEqual([])
    for (const [ref, oid] of before) expect(play.repository.refs().get(ref)).toBe(oid)
  })

  it('completion completes commands, groups and options in bash', async () => {
    const {stdout: script} = await play.command(['completion', 'bash'])
    const complete = async (...words: string[]) => {
      const line = `COMP_WORDS=(clambake ${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _clambake; echo "\${COMPREPLY[*]}"`
      const {stdout} = await run('bash', {
        args: ['--norc', '-c', `${script}\n${line}`],
        cwd: play.checkout,
        env: play.env,
        timeoutMs: LONG_MS,
      })
      return stdout.trim().split(' ')
    }
    expect(existsSync('/bin/bash') || existsSync('/usr/bin/bash')).toBe(true)
    expect(await complete('reco')).toEqual(['recover'])
    expect(await complete('agents', 'st')).toEqual(['start', 'stop'])
    expect(await complete('route', '--m')).toEqual(['--max-agents', '--max-concurrent'])
    expect(await complete('--read')).toEqual(['--read-only'])
    for (const shell of ['zsh', 'fish']) {
      const {stdout, exitCode} = await play.command(['completion', shell])
      expect(exitCode).toBe(0)
      expect(stdout).toContain('exclude-labels')
    }
    expect((await play.command(['completion', 'tcsh'])).exitCode).toBe(2)
  })

  it('cleanup says what would go, removes it when told to, and undo brings it back', {timeout: 180_000}, async () => {
    await gitIn(play)('branch', 'agent001/3-moment', 'main')
    const {plan} = (await play.json('cleanup', '--dry-run')) as {plan: unknown[]}
    const item = {what: 'branch', name: 'agent001/3-moment', reason: 'main has all its commits', bytes: 0}
    expect(plan).toEqual([item])
    const list = () => gitIn(play)('branch', '--list', 'agent001/3-moment')
    // Without a terminal no one can be asked.
    expect(await play.command(['cleanup'])).toMatchObject({exitCode: 1, stdout: expect.stringContaining('--yes')})
    expect(await list()).toContain('agent001/3-moment')
    expect((await play.command(['cleanup', '--yes'])).stdout).toContain('✓ branch agent001/3-moment')
    expect(await list()).toBe('')
    expect((await play.command(['cleanup', '--yes'])).stdout).toBe('Nothing to clean up.')
    expect((await play.command(['undo', '--yes'])).stdout).toContain('agent001/3-moment is back here')
    expect(await list()).toContain('agent001/3-moment')
    await gitIn(play)('branch', '-D', 'agent001/3-moment')
  })

  it('recover lists, opens a pull request for a person, resumes, and is refused for what has an owner', {
    timeout: 60_000,
  }, async () => {
    await abandon(play, 'agent001/9-docs', 1)
    await abandon(play, 'agent002/3-moment', 2)
    const {orphans} = (await play.json('recover', '--scan')) as {orphans: Orphan[]}
    expect(orphans.map(({name, commits, proposal}) => ({name, commits, proposal}))).toEqual([
      {name: 'agent001/9-docs', commits: 1, proposal: 'open-pull'},
      {name: 'agent002/3-moment', commits: 1, proposal: 'open-pull'},
    ])
    const dry = await play.command(['recover', '--pattern', 'agent00?/*', '--dry-run'])
    const would = (name: string) => `would open-pull: branch ${name} (merges cleanly, without tests)`
    expect(dry.stdout).toBe(
      `${would('agent001/9-docs')}\n${would('agent002/3-moment')}\n2 orphans; nothing was changed`,
    )
    expect(play.repository.pulls()).toEqual([])

    const says = (text: RegExp) => ({exitCode: 0, stdout: expect.stringMatching(text)})
    expect(await play.command(['recover', '#9', '--yes'])).toMatchObject(says(/^✓ #\d+ is open for a person$/))
    // Without an action it depends on whether the daemon has heard of the pull request yet.
    expect(await play.command(['recover', '9', '--action', 'open-pull'])).toMatchObject(says(/was open already$/))
    const [pull, ...more] = play.repository.pulls()
    expect(more).toEqual([])
    expect(pull).toMatchObject({merged: false, head: {branch: 'agent001/9-docs'}})
    expect(pull?.body).not.toMatch(/\b(close|fix|resolve)[sd]? #9/i)
    expect(pull?.labels).toContain('route:review')
    expect(play.repository.issue(9).state).toBe('open')

    const resumed = await play.command(['recover', 'agent002/3-moment', '--action', 'resume'])
    expect(resumed.stdout).toBe('✓ agent001 continues agent002/3-moment')
    const {claims} = (await play.json('claims')) as {claims: ClaimRow[]}
    expect(claims).toMatchObject([{issue: 3, branch: 'agent002/3-moment'}])
    const log = await gitIn(play)('-C', '.clambake/worktrees/issue-3', 'log', '--format=%s', 'main..')
    expect(log).toContain('Half of agent002/3-moment')
    const held = await play.command(['recover', 'agent002/3-moment'])
    expect(held).toMatchObject({exitCode: 1})
    expect(held.stderr).toContain('already has an owner')
  })
})

describe('route', () => {
  it('says the order with reasons, claims by filter, and forces only what a person may', {
    timeout: 60_000,
  }, async () => {
    await using play = await openPlay({pace: SLOW})
    const dry = await play.command(['route', '--dry-run', '--verbose', '--exclude-labels', 'route:priority-high'])
    expect(dry.stdout).toMatch(/#1 .*labelled route:priority-high/)
    expect(dry.stdout).toMatch(/#7 .*labelled human-only/)
    expect(dry.stdout).toMatch(/#8 .*waits for #5/)
    expect(dry.stdout).toContain('would claim #2 → agent001')
    expect(dry.stdout).toMatch(/decided in \d+ ms, \d+ calls? of GitHub's API$/)
    const peeked = await play.command(['peek', '--limit', '2'])
    expect(peeked.stdout).toMatch(/^ *ISSUE +TITLE +WHY HERE +HELD BY\n *#5 .*unblocks #8.*\n *#1 /)
    expect(peeked.stdout).toMatch(/decided in \d+ ms, \d+ calls? of GitHub's API$/)
    expect(await play.json('claims')).toEqual({claims: []})

    const forced = await play.command(['route', '--issue', '7', '--force'])
    expect(forced.stdout).toContain('#7 was not claimed: labelled human-only')
    const one = await play.command(['route', '--priority', 'high', '--agents', '1'])
    expect(one.stdout).toBe('#5 → agent001')
    const {claims} = (await play.json('claims')) as {claims: ClaimRow[]}
    expect(claims).toMatchObject([{issue: 5, agent: 'agent001', ours: true}])
    const options = ['--max-concurrent', '2', '--load-balance', 'round-robin', '--trace-level', 'detailed']
    const next = await play.command(['route', '--check-dependencies', ...options, '--verbose'])
    // A look that was on its way is shared, and its calls are not this one's.
    expect(next.stdout).toMatch(/#1 → agent002\ndecided in \d+ ms, \d+ calls? of GitHub's API$/)
    for (const [option, value] of [
      ['--priority', 'urgent'],
      ['--load-balance', 'fair'],
      ['--trace-level', 'all'],
      ['--max-concurrent', '0'],
    ] as const) {
      const wrong = await play.command(['route', option, value])
      expect(wrong).toMatchObject({exitCode: 2})
      expect(wrong.stderr).toContain(`${option} ${value}`)
    }
  })
})

describe('messages to an agent', () => {
  it('are refused where none reads them, read at the end of a turn, go to all, outlive the daemon, and show their sender', {
    timeout: 180_000,
  }, async () => {
    const speaks: DemoIssue = {
      title: 'Tell',
      body: '',
      labels: ['route:ready'],
      turns: [[{do: 'run', args: [process.execPath, PROGRAM, 'send', 'agent003', 'I am done']}]],
    }
    const issues = [...DEMO_ISSUES.slice(0, 2), speaks]
    await using play = await openPlay({issues, pace: SLOW})
    const unread = await play.command(['send', '@all', 'hello'])
    expect(unread).toMatchObject({exitCode: 1})

    await play.popped(1)
    const sent = await play.command(['send', 'a1', 'use the new parser'], {USER: 'ada'})
    expect(sent.stdout).toBe('agent001 reads it at the end of its turn on #1')
    const {said} = await agentOf(play, 'agent001')
    expect(said).toMatchObject([{text: 'use the new parser'}])
    await messagesOnce(play, ([message]) => message?.deliveredAt != null)
    const {messages} = (await play.json('inbox', 'agent001')) as {messages: Message[]}
    const read = messages.find(({deliveredAt}) => deliveredAt !== null)!
    expect(read).toMatchObject({to: 'agent001', ticket: 1, text: 'use the new parser'})
    expect(read.from).toMatch(/^.+@.+$/)
    expect((await play.command(['logs', 'agent001'])).stdout).toContain('> use the new parser')
    expect((await play.command(['events'])).stdout).toMatch(/said to agent001: use the new parser/)
    expect((await play.command(['inbox'])).stdout).toMatch(/agent001 #1 .* ago +use the new parser/)

    await play.popped(2)
    expect((await play.command(['send', '@all', 'main is broken'])).stdout).toContain('agent002')
    await play.command(['daemon', 'restart'])
    await messagesOnce(
      play,
      messages => messages.length >= 2 && messages.every(({deliveredAt}) => deliveredAt !== null),
    )
    const idle = await play.command(['agents', 'send', 'agent004', 'anybody?'])
    expect(idle.stderr).toContain('agent004 has no ticket')

    // The agent in whose pane it is sent.
    await play.popped(3)
    await messagesOnce(play, list => list.some(({text}) => text === 'I am done'))
    const told = ((await play.json('inbox')) as {messages: Message[]}).messages
    expect(told).toContainEqual(expect.objectContaining({from: 'agent003', to: 'agent003', text: 'I am done'}))
  })
})

describe('progress', () => {
  it('is shown as it happens, agents stop with their work saved and start again on the same ticket', {
    timeout: 180_000,
  }, async () => {
    await using play = await openPlay({pace: STILL})
    expect((await play.command(['status', '--health-check'])).exitCode).toBe(1)
    const before = await play.command(['status'])
    expect(before.stdout).toMatch(/^No daemon runs here: nothing is claimed.*clambake daemon start\n/)
    expect(before.stdout).toMatch(/^Queue: \d+ ready/m)
    expect(await play.command(['status', '--watch'])).toMatchObject({exitCode: 1, stdout: ''})
    await play.command(['daemon', 'start'])
    const follower = follow(play, ['events', '-f', '--json'])
    const watcher = follow(play, ['status', '--watch', '--agents-only'])
    await until(async () => (watcher.text().includes('a001') ? true : undefined), 'the first table')
    await play.popped(1)
    const event = await until(
      async () =>
        follower
          .text()
          .split('\n')
          .find(line => line.includes('is claimed by')),
      'the claim is reported',
    )
    expect(JSON.parse(event)).toMatchObject({type: 'issue_assigned', ticket: 1, agent: 'agent001'})
    await until(async () => (/a001 .*#1 /.test(watcher.text()) ? true : undefined), 'the table again')
    expect([await follower.end(), await watcher.end()]).toEqual([0, 0])

    const health = await play.command(['status', '--health-check'])
    expect(health.stdout).toMatch(/^✓ daemon .*\n✓ host .*\n✓ github .*\n✓ api budget .*\n✓ hub/)
    const agents = await play.command(['status', '--agents-only'])
    expect(agents.stdout.split('\n')).toHaveLength(5)
    const last = (await play.json('events', '--limit', '1')) as {events: StoredEvent[]}
    expect(last.events).toHaveLength(1)

    const stopped = await play.command(['agents', 'stop', '1'])
    expect(stopped.stdout).toMatch(/agent001 is stopped\nkept: refs\/clambake\/rescue\//)
    await stateWhen(play, state => state.agents[0]?.state === 'available')
    expect((await play.command(['agents', 'start', 'agent001'])).stdout).toMatch(/^#1 .*\nagent001 works on it/)
    const busy = await play.command(['agents', 'start', 'agent001'])
    expect(busy).toMatchObject({exitCode: 1})
    const {events} = (await play.json('agents', 'history', 'agent001')) as {events: StoredEvent[]}
    expect(events.map(({message}) => message)).toEqual(
      expect.arrayContaining(['#1 is claimed by agent001', 'agent001 starts on #1']),
    )
    // The hub learns of an agent's start after the daemon.
    await until(
      async () => (/agent001@.*busy +#1 /.test((await play.command(['who'])).stdout) ? true : undefined),
      'the agent is in the hub',
    )
    expect((await play.command(['why', 'agent001'])).stdout).toContain('#1 is ')
    expect((await play.command(['claims'])).stdout).toMatch(/#1 .*agent001 .*this daemon/)
    expect((await play.command(['agents', 'attach', 'agent001'])).exitCode).toBe(2)
  })

  it('is the work of the daemon when --once finds one running', {timeout: 180_000}, async () => {
    const quick = {
      title: 'Note',
      body: '',
      labels: ['route:ready'],
      turns: [[{do: 'edit', file: 'NOTE.md', content: 'noted\n'} as const, {do: 'commit', message: 'Note'} as const]],
    }
    await using play = await openPlay({issues: [quick]})
    await play.command(['daemon', 'start'])
    const {daemon} = play.pids()
    const {stdout, exitCode} = await play.command(['--once'])
    expect(stdout).toContain('The daemon that runs here does the pass.')
    expect(stdout).toContain('1 ticket landed on main: #1')
    expect(exitCode).toBe(0)
    expect(play.pids().daemon).toBe(daemon)
    const state = (await play.json('status')) as {state: DaemonState}
    expect(state.state.tickets).toMatchObject([{number: 1, phase: 'merged'}])
  })
})

/** Starts a command that runs until SIGINT. */
function follow(play: Play, args: readonly string[]) {
  const child = spawn(process.execPath, [PROGRAM, ...args], {cwd: play.checkout, env: play.env})
  let text = ''
  child.stdout.on('data', chunk => {
    text += String(chunk)
  })
  const gone = new Promise<number | null>(resolve => child.once('exit', resolve))
  return {
    text: () => text,
    end() {
      child.kill('SIGINT')
      return gone
    },
  }
}
