import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import type {StepInput} from '../../fixtures/agent/script.ts'
import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import {poll} from '../../src/base/clock.ts'
import {quickCi} from './checks.ts'
import {openPlay, type Play} from './stage.ts'
import {PATIENCE, paneOf, stateWhen} from './steps.ts'

const VERIFY = ['sh check.sh']
const PASSES = 'exit 0\n'

/** Its agent writes the check itself, another one in each turn. */
function checked(...checks: string[]): DemoIssue {
  return {
    title: 'Polish the kettle',
    body: 'Until it shines.',
    labels: ['route:ready'],
    turns: checks.map((content, index): StepInput[] => [
      {do: 'edit', file: 'check.sh', content},
      {do: 'commit', message: `Polish ${index + 1}`},
    ]),
  }
}

const sleepers = async (play: Play) => (await play.processes()).filter(line => / sleep \d+$/.test(line))

/** What the one agent of a ticket was told, in order. */
function prompts(play: Play, issue = 1): string[] {
  const folder = join(play.env.HOME!, '.fixture-agent')
  type Talk = {issue: number; prompts: string[]}
  const talks = readdirSync(folder).map(file => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Talk)
  const [talk, ...more] = talks.filter(other => other.issue === issue)
  expect(more).toEqual([])
  return talk!.prompts
}

it('sends back what does not pass, ends what hangs, asks a person after two tries, and bottles what passes', {
  timeout: 240_000,
}, async () => {
  const dull = 'echo "the kettle is dull, token=[$GITHUB_TOKEN]"\nexit 3\n'
  const detached = "require('child_process').spawn('sleep', ['600'], {detached: true, stdio: 'ignore'}).unref()"
  const hangs = `'${process.execPath}' -e "${detached}"\necho it hangs\nsleep 601\n`
  const commands = {
    setup: ['mkdir node_modules && touch node_modules/ready'],
    verify: ['test -f node_modules/ready', ...VERIFY],
    verify_timeout: 0.1,
  }
  const issues = [checked(dull, PASSES), checked(hangs, PASSES), checked('exit 1\n')]
  await using play = await openPlay({issues, ci: quickCi, commands, agents: 3})
  for (const issue of [1, 2, 3]) await play.popped(issue)

  expect(await poll(async () => ((await sleepers(play)).length === 2 ? true : undefined), PATIENCE)).toBe(true)
  await play.bottled(2)
  expect(await sleepers(play)).toEqual([])
  expect(prompts(play, 2)[1]).toMatch(/"sh check\.sh" failed \(timed out after 6 seconds\)[\s\S]*it hangs/)

  const {events} = await play.bottled(1)
  const told = prompts(play, 1)
  expect(told).toHaveLength(2)
  expect(told[1]).toContain('"sh check.sh" failed (code 3)')
  expect(told[1]).toContain('```\nthe kettle is dull, token=[]\n```')
  expect(events).toContainEqual(
    expect.objectContaining({
      type: 'status_update',
      ticket: 1,
      message: expect.stringContaining('`sh check.sh` failed'),
    }),
  )

  const {tickets} = await stateWhen(play, state => {
    const third = state.tickets.find(({number}) => number === 3)
    return !!third?.attention && state.agents.every(agent => agent.state === 'available')
  })
  const reason = '`sh check.sh` failed (code 1), after 2 tries to repair it'
  expect(tickets.find(({number}) => number === 3)).toMatchObject({phase: 'blocked', attention: reason})
  expect(prompts(play, 3)).toHaveLength(3)
  const commented = () => play.repository.issue(3).comments.find(({body}) => body.includes(reason))
  expect(await poll(commented, PATIENCE)).toBeDefined()
  expect((await play.processes()).filter(line => line.includes('demo-agent'))).toEqual([])
  expect(play.repository.pulls()).toEqual([])

  // The other one writes the same file.
  expect(await play.json('land', '--agent', 'agent001')).toMatchObject({merged: [1]})
  expect(await play.repository.readFile('check.sh')).toBe(PASSES)
})

it('verifies again when the daemon was killed meanwhile', {timeout: 240_000}, async () => {
  const once = 'test -d node_modules && exit 0\nmkdir node_modules\nsleep 601\n'
  const commands = {verify: VERIFY}
  await using play = await openPlay({issues: [checked(once)], ci: quickCi, commands})
  await play.popped()
  await stateWhen(play, ({tickets}) => tickets[0]?.detail === 'verifying')
  expect(await poll(async () => ((await sleepers(play)).length === 1 ? true : undefined), PATIENCE)).toBe(true)
  const agent = await paneOf(play, 1)
  expect(agent).toMatchObject({title: 'agent001', exit: null})
  process.kill(play.pids().daemon!, 'SIGKILL')
  await play.bottled(1)
  expect(await sleepers(play)).toEqual([])
  expect(prompts(play)).toHaveLength(1)
  expect(await paneOf(play, 1)).toMatchObject({pane: agent.pane})
})

it('gives each worktree ports, files and variables of its own, and tears down what it had', {
  timeout: 240_000,
}, async () => {
  const writes: DemoIssue = {
    ...checked(),
    turns: [
      [
        {do: 'run', args: ['sh', '-c', 'echo "$CLAMBAKE_PORT_2 $DATABASE $(cat node_modules/.env)" > seen.txt']},
        {do: 'run', args: ['git', 'add', 'seen.txt']},
        {do: 'commit', message: 'See'},
      ],
    ],
  }
  const worktree = {
    ports: 2,
    copy: ['node_modules/.env', 'README.md'],
    env: {DATABASE: 'shop_{issue}_{port}'},
    teardown: ['echo "$CLAMBAKE_PORT_2 $DATABASE" > "$TMPDIR/torn-down"'],
  }
  await using play = await openPlay({issues: [writes], ci: quickCi, worktree, bundling: {max_bundle_size: 1}})
  await mkdir(join(play.checkout, 'node_modules'))
  await writeFile(join(play.checkout, 'node_modules/.env'), 'KEY=1')
  await play.popped()
  await play.bottled(1)
  await play.landed(1)
  const [second = '', database = '', key] = ((await play.repository.readFile('seen.txt')) ?? '').trim().split(' ')
  expect([database, key]).toEqual([`shop_1_${Number(second) - 1}`, 'KEY=1'])
  const torn = join(play.env.TMPDIR!, 'torn-down')
  const told = async () => (existsSync(torn) && readFileSync(torn, 'utf8').trim()) || undefined
  expect(await poll(told, PATIENCE)).toBe(`${second} ${database}`)
  const {events} = (await play.json('events')) as {events: {message: string}[]}
  expect(events.map(({message}) => message)).toContain('#1 works without README.md: git does not ignore it')
})
