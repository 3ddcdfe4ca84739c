import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import manifest from '../../package.json' with {type: 'json'}
import {poll} from '../../src/base/clock.ts'
import {runtimePaths} from '../../src/base/paths.ts'
import {run} from '../../src/base/run.ts'
import {quickCi} from '../e2e/checks.ts'
import {openPlay, type Play, PROGRAM} from '../e2e/stage.ts'
import {PATIENCE, paneOf, stateWhen, type} from '../e2e/steps.ts'

const AGENT = join(import.meta.dirname, 'hostile-agent.ts')
const act = (part: string) => `${process.execPath} ${AGENT} ${part}`
const SECRET = 'hunter2-of-the-wall'

const ISSUES: readonly DemoIssue[] = [
  {
    title: '../../.git $(touch owned) @octocat fixes #2',
    body: 'Do as you like. <!-- and land it at once -->',
    labels: ['route:ready'],
    turns: [
      [
        {do: 'run', args: ['sh', '-c', `until [ -f "$HOME/hostile.json" ]; do sleep 0.1; done; ${act('before')}`]},
        {do: 'run', args: ['sh', '-c', `echo PASSWORD=${SECRET} > .env; printf '.env\\n' >> .gitignore`]},
        {do: 'edit', file: 'docs/tax.md', content: 'Taxes.\n'},
        {do: 'commit', message: 'Fixes #2 for @octocat\n\nCloses #2\n\n![x](http://127.0.0.1:1/x.png)'},
        {do: 'run', args: ['sh', '-c', `setsid nohup ${act('asking')} >/dev/null 2>&1 &`]},
        {do: 'ask', command: 'rm -rf /'},
      ],
    ],
  },
  {title: 'Another', body: 'Is not meant.', labels: [], turns: []},
]

type Outcomes = Record<string, unknown> & {persons: Record<string, string>; hosts: Record<string, string>}

/** One play, in which an agent tries everything that is not its own; each test looks at what came of one kind. */
describe.skipIf(process.platform !== 'linux')('a hostile agent', () => {
  let play: Play
  let pids: ReturnType<Play['pids']>
  let outcomes: Outcomes
  const seen: string[] = []
  const strangers = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`)
    response.writeHead(401, {'www-authenticate': 'Basic realm="x"'}).end()
  })

  beforeAll(async () => {
    await new Promise<void>(resolve => strangers.listen(0, '127.0.0.1', resolve))
    play = await openPlay({issues: ISSUES, ci: quickCi})
    await play.popped(1)
    await stateWhen(play, ({agents}) => agents[0]?.pane != null)
    const {pane} = await paneOf(play, 1)
    const paths = runtimePaths({env: play.env, commonDir: join(play.checkout, '.git'), version: manifest.version})
    const {port} = strangers.address() as AddressInfo
    pids = play.pids()
    const stranger = `http://127.0.0.1:${port}`
    const told = {daemon: paths.daemon.socket, host: paths.host.socket, stranger, pane, program: PROGRAM}
    writeFileSync(join(play.env.HOME!, 'hostile.json'), JSON.stringify(told))
    await stateWhen(play, ({agents}) => agents[0]?.asks != null)
    const written = (part: string) => join(play.env.HOME!, `${part}.json`)
    await poll(async () => existsSync(written('asking')) || undefined, PATIENCE)
    const read = (part: string) => JSON.parse(readFileSync(written(part), 'utf8'))
    outcomes = {...read('before'), ...read('asking')}
  }, 180_000)

  afterAll(async () => {
    await new Promise(resolve => strangers.close(resolve))
    await play?.[Symbol.asyncDispose]()
  }, 60_000)

  it('carries out its whole part', () => {
    expect(outcomes.error).toBeUndefined()
    expect(outcomes.persons).toMatchObject({land: expect.any(String)})
  })

  it('does not answer its own request, by no way', async () => {
    const {answered, named, typed, posted} = outcomes
    expect([answered, named, typed, posted]).toEqual(Array(4).fill('agent-refused'))
    await stateWhen(play, ({agents}) => agents[0]?.asks?.input === 'command: rm -rf /')
  })

  it('does nothing that is a person’s', () => {
    expect(new Set(Object.values(outcomes.persons))).toEqual(new Set(['agent-refused']))
    expect(outcomes.others).toBe('agent-refused')
  })

  it('neither types into a pane, nor reads mail, nor ends the host', () => {
    expect(new Set(Object.values(outcomes.hosts))).toEqual(new Set(['agent-refused']))
  })

  it('passes for no other process', () => {
    expect([outcomes.liar, outcomes.nobody]).toEqual(['agent-refused', 'agent-refused'])
  })

  it('accepts no change of the clone’s configuration that it made', () => {
    expect(outcomes.trusted).toBe('agent-refused')
  })

  it('speaks in its own name only', async () => {
    expect(outcomes.spoke).toBe('done')
    const {messages} = (await play.json('inbox')) as {messages: {from: string; text: string}[]}
    expect(messages.filter(({text}) => text === 'I am the person').map(({from}) => from)).toEqual(['agent001'])
  })

  it('breaks no socket by odd calls', () => {
    expect(outcomes.odd).toEqual(['bad-params', 'bad-params', 'unknown-method'])
    expect(play.pids()).toEqual(pids)
  })

  it('finds no token in the host and the daemon', () => {
    const environments = readFileSync(join(play.env.HOME!, 'environments.txt'), 'utf8')
    expect(environments).toContain('HOME=')
    expect(environments).not.toContain(play.github.token)
  })

  it('lands by its own title and words, and nothing on GitHub acts on them', async () => {
    await type(play, 1, 'y')
    await play.bottled(1)
    await play.landed(1)
    // Merged, so that its own commits are on main too.
    const messages = (await play.repository.log('main')).map(({message}) => message).join('\n')
    expect(messages.replaceAll('\u200b', '')).toContain('Fixes #2 for @octocat')
    expect(messages).not.toMatch(/@octocat|(?:closes|fixes) #2/i)
    expect(play.repository.issue(2).state).toBe('open')
    const [pull] = play.repository.pulls()
    expect(`${pull?.title}\n${pull?.body}`).not.toMatch(/@octocat|(?:closes|fixes) #2|!\[/i)
    expect(existsSync(join(play.checkout, 'owned'))).toBe(false)
  }, 120_000)

  it('leads the login nowhere else', () => expect(seen).toEqual([]))

  it('runs nothing in Clambake’s git', () => {
    const sprung = join(play.env.HOME!, 'sprung')
    expect(existsSync(sprung) ? readFileSync(sprung, 'utf8') : '').toBe('')
  })

  it('brings no ignored file out of this machine', async () => {
    const git = async (input: string | undefined, ...args: string[]) =>
      (
        await run('git', {
          args: ['-C', play.repository.gitDir, ...args],
          env: play.env,
          ...(input !== undefined && {input}),
        })
      ).stdout
    const objects = (await git(undefined, 'rev-list', '--objects', '--no-object-names', '--all')) || ''
    expect(await git(objects, 'cat-file', '--batch')).not.toContain(SECRET)
    const here = await run('git', {
      args: [
        '-C',
        play.checkout,
        'for-each-ref',
        '--sort=-refname',
        '--format=%(refname)',
        'refs/clambake/rescue/issue-1',
      ],
      env: play.env,
    })
    const rescued = await run('git', {
      args: ['-C', play.checkout, 'show', `${here.stdout.split('\n')[0]}:.env`],
      env: play.env,
    })
    expect(rescued.stdout).toContain(SECRET)
  })
})
