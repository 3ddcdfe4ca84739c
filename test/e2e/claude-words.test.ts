import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {type ClaudeApi, startClaudeApi} from '../../fixtures/claude/api.ts'
import {claudeClient} from '../../fixtures/claude/client.ts'
import {PLAN_FILE} from '../../fixtures/claude/script.ts'
import {inputLineOf} from '../../src/agents/claude/input-line.ts'
import {LEAD} from '../../src/agents/terminal/lead.ts'
import {poll} from '../../src/base/clock.ts'
import {bottled, COMMIT, CUPS, openClaudePlay, prompts, say, use, WRITE} from './claude-play.ts'
import type {Play} from './stage.ts'
import {PATIENCE, paneOf, stateWhen, type} from './steps.ts'
import {reportTruth, watchTruth} from './truth.ts'

const client = claudeClient()
const THINKS = /^working thinking$/
const READS = /^working reading$/
const IDLE = /^waiting idle$/
const FAILS = {do: 'fail', status: 500, times: 2} as const
/** Its answer, before what fails: the client joins prompts that got none. */
const READ = use('Read', {file_path: 'README.md'})
const bash = (command: string) => use('Bash', {command, description: 'Do it'})

/** What the agent's terminal shows. */
async function screen(play: Play): Promise<string> {
  const {pane} = await paneOf(play, 1)
  await using host = await play.host()
  return await host.call('pane.text', {pane, lines: 60})
}

async function shows(play: Play, pattern: RegExp): Promise<void> {
  const isShown = async () => pattern.test(await screen(play)) || undefined
  expect(await poll(isShown, {...PATIENCE, everyMs: 100}), `${pattern} in ${await screen(play)}`).toBe(true)
}

/** Waits until the input line holds this, behind `!` in shell mode. */
async function holds(play: Play, wanted: string): Promise<void> {
  let held: string | undefined
  const isHeld = async () => {
    const line = inputLineOf(await screen(play))
    held = line ? (line.shell ? '!' : '') + line.text : undefined
    return held?.startsWith(wanted) || undefined
  }
  expect(await poll(isHeld, {...PATIENCE, everyMs: 100}), `${wanted} in ${held}`).toBe(true)
}

/** Empties the input line as a person does. */
async function empty(play: Play): Promise<void> {
  const isEmpty = async () => {
    const line = inputLineOf(await screen(play))
    if (line?.text === '' && !line.shell) return true
    await type(play, 1, line?.text === '' ? '\x7f' : '\x15')
    return undefined
  }
  expect(await poll(isEmpty, {...PATIENCE, everyMs: 400})).toBe(true)
}

/** The agent's turn has failed for good so many times, after which it waits for a prompt. */
async function failed(play: Play, api: ClaudeApi, times: number): Promise<void> {
  const isOver = () => api.requests.filter(({status}) => status === 500).length === times * FAILS.times || undefined
  expect(await poll(isOver, PATIENCE)).toBe(true)
  await stateWhen(play, ({agents}) => agents[0]?.activity === 'server_error')
}

describe.skipIf('missing' in client)(`the true client${'missing' in client ? `: ${client.missing}` : ''}`, () => {
  reportTruth()

  it('gets each message alone, whatever a person left in its input line, and the person gets it back', {
    timeout: 240_000,
  }, async () => {
    await using api = await startClaudeApi({
      1: [
        [WRITE, FAILS],
        [READ, FAILS],
        [READ, FAILS],
        [bash('sleep 3'), COMMIT, say('Done.')],
      ],
    })
    const draft = '!touch steered'
    await using play = await openClaudePlay(api, {issues: [CUPS]})
    await using truth = await watchTruth(play, api, {})
    await play.command(['pop'])
    // A person types while the client starts.
    await poll(async () => (await paneOf(play, 1).catch(() => undefined)) && true, PATIENCE)
    await type(play, 1, '/comp')
    await failed(play, api, 1)
    await holds(play, '/comp')
    truth.mayRead(READS, THINKS)
    await truth.send('The first word: `touch steered`; go on.')
    await failed(play, api, 2)
    await holds(play, '/comp')
    await empty(play)
    await type(play, 1, draft)
    await holds(play, draft)
    truth.mayRead(READS, THINKS)
    await truth.send('The second word.\n; touch steered ;\n$(touch steered)')
    await failed(play, api, 3)
    await holds(play, draft)
    await empty(play)
    await type(play, 1, 'half a sentence of')
    await holds(play, 'half a sentence of')
    truth.mayRead(READS, THINKS)
    await truth.send('The third word.')
    expect(await poll(() => prompts(api).length === 4 || undefined, PATIENCE)).toBe(true)
    await holds(play, 'half a sentence of')
    await bottled(play)
    const said = prompts(api)
    expect(said).toHaveLength(4)
    for (const [index, word] of ['You work on', 'The first word', 'The second word', 'The third word'].entries()) {
      expect(said[index]).toMatch(
        /^Please do what this says, by its rules: \s*<pasted_content|^Please do what this says/,
      )
      expect(said[index]).toContain(word)
      expect(said[index]).not.toMatch(/\/comp|half a sentence|!touch/)
    }
    for (const folder of [play.checkout, join(play.checkout, '.clambake/worktrees/issue-1')]) {
      expect(existsSync(join(folder, 'steered'))).toBe(false)
    }
  })

  it('is seen to be interrupted within seconds, and reads on; what is queued hides no tool', {
    timeout: 240_000,
  }, async () => {
    const long = bash('sh -c "sleep 10; echo 1"')
    await using api = await startClaudeApi({
      1: [
        [{do: 'hang', times: 1}, WRITE, long],
        [bash('sh -c "sleep 60; echo 2"')],
        [READ, {do: 'hang', times: 1}],
        [COMMIT, say('Done.')],
      ],
    })
    const commands = {allow: ['Bash(sh -c *)', 'Bash(git add *)', 'Bash(git commit *)']}
    await using play = await openClaudePlay(api, {issues: [CUPS], commands})
    await using truth = await watchTruth(play, api, {})
    await play.command(['pop'])
    const hangs = () => poll(() => (api.hanging === 1 ? true : undefined), PATIENCE)
    await hangs()
    // Before the first answer: the client gives the task back.
    await type(play, 1, '\x1b')
    await truth.is('it was interrupted before its first answer', IDLE, 12_000)
    await holds(play, LEAD)
    truth.mayRead(READS, THINKS)
    await truth.send('A word beside the task.')
    const runs = (which: number) => stateWhen(play, ({agents}) => agents[0]?.doing.includes(`echo ${which}`) === true)
    await runs(1)
    expect(prompts(api)).toEqual([expect.stringMatching(/You work on issue #1[\s\S]*A word beside the task/)])
    await type(play, 1, 'A queued word of a person.')
    await holds(play, 'A queued word')
    await type(play, 1, '\r')
    await shows(play, /Queued/)
    await truth.stays(/^working Bash sh -c "sleep 10; echo 1"/, 1000)
    truth.mayRead(THINKS)
    await runs(2)
    await type(play, 1, '\x1b')
    await truth.is('its tool was interrupted', IDLE, 12_000)
    truth.mayRead(READS, THINKS)
    await truth.send('A word after the tool.')
    await hangs()
    await type(play, 1, '\x1b')
    await truth.is('its thinking was interrupted', IDLE, 12_000)
    truth.mayRead(READS, THINKS)
    await truth.send('A word after it thought.')
    await bottled(play)
  })

  it('goes on with a plan that was allowed here, and asks beside other tools until it is answered', {
    timeout: 240_000,
  }, async () => {
    const fetch = {tool: 'WebFetch', input: {url: 'http://127.0.0.1:1/one', prompt: 'what'}}
    const read = {tool: 'Read', input: {file_path: 'README.md'}}
    await using api = await startClaudeApi({
      1: [
        [
          use('Write', {file_path: PLAN_FILE, content: '# The plan\n1. brew\n2. pour\n'}),
          use('ExitPlanMode', {}),
          {do: 'use', ...fetch, beside: [read]},
          {do: 'use', ...read, beside: [{...fetch, input: {...fetch.input, url: 'http://127.0.0.1:1/two'}}, read]},
          bash('node -e 7'),
        ],
        [WRITE, COMMIT, say('Done.')],
      ],
    })
    const commands = {permission_mode: 'plan', allow: ['Write(docs/*)', 'Bash(git add *)', 'Bash(git commit *)']}
    await using play = await openClaudePlay(api, {issues: [CUPS], commands})
    const asks = ['ExitPlanMode', 'http://127.0.0.1:1/one', 'http://127.0.0.1:1/two', 'node -e 7']
    await using truth = await watchTruth(play, api, {asks})
    await play.command(['pop'])
    const asked = (words: string) =>
      stateWhen(play, ({agents}) => `${agents[0]?.asks?.tool} ${agents[0]?.asks?.input}`.includes(words))
    await asked('ExitPlanMode')
    expect((await play.command(['agents', 'answer', 'agent001'])).stdout).toContain('2. pour')
    truth.mayRead(THINKS, /^working ExitPlanMode/, THINKS)
    await play.command(['agents', 'answer', 'agent001', 'allow'])
    await asked('http://127.0.0.1:1/one')
    // The client reminds after six seconds, in words that name nothing.
    await truth.stays(/^waiting asks WebFetch http:\/\/127\.0\.0\.1:1\/one$/, 8000)
    truth.mayRead(THINKS)
    await play.command(['agents', 'answer', 'agent001', 'deny', '--message', 'not that one'])
    await asked('http://127.0.0.1:1/two')
    await truth.stays(/^waiting asks WebFetch http:\/\/127\.0\.0\.1:1\/two$/, 2000)
    truth.mayRead(THINKS)
    await play.command(['agents', 'answer', 'agent001', 'deny'])
    await asked('node -e 7')
    await shows(play, /Do you want to proceed/)
    // The client's log tells of the refusal, and only the screen that it ended the turn.
    truth.mayRead(THINKS)
    await type(play, 1, '\x1b')
    await truth.is('its request was refused in its own terminal', IDLE, 12_000)
    expect((await stateWhen(play, () => true)).agents[0]?.asks).toBeNull()
    truth.mayRead(READS, THINKS)
    await truth.send('Do it without that.')
    await bottled(play)
    expect(prompts(api)).toHaveLength(2)
  })
})
