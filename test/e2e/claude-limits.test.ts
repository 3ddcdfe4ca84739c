import {describe, expect, it} from 'vitest'
import {startClaudeApi} from '../../fixtures/claude/api.ts'
import {claudeClient} from '../../fixtures/claude/client.ts'
import {bottled, COMMIT, CUPS, openClaudePlay, prompts, say, use, WRITE} from './claude-play.ts'
import {PATIENCE, stateWhen, type} from './steps.ts'
import {reportTruth, watchTruth} from './truth.ts'

const client = claudeClient()
const THINKS = /^working thinking$/
const READS = /^working reading$/
const IDLE = /^waiting idle$/
const LIMITED = /^limited limit until /
/** Its answer, before what fails: the client joins prompts that got none. */
const READ = use('Read', {file_path: 'README.md'})
const HOURS = 3 * 60 * 60
const DAYS = 4 * 24 * 60 * 60
/** The client of a subscriber: only a subscriber's answers say when a limit ends. */
const SUBSCRIBER = {ANTHROPIC_API_KEY: '', CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-dummy-token-of-a-test-000000'}

describe.skipIf('missing' in client)(`the true client${'missing' in client ? `: ${client.missing}` : ''}`, () => {
  reportTruth()

  it('is shown as limited until its limit ends, and then continues by itself', {timeout: 300_000}, async () => {
    await using api = await startClaudeApi({
      1: [
        [WRITE, {do: 'fail', status: 429, times: 1, resetsIn: 1}],
        [COMMIT, say('Done.')],
      ],
    })
    const other = {...CUPS, title: 'Dry the cups'}
    await using play = await openClaudePlay(api, {issues: [CUPS, other], env: SUBSCRIBER})
    const app = play.open()
    await app.sees('Count the cups')
    await using truth = await watchTruth(play, api, {})
    await play.command(['pop', '1'])
    await app.sees(/⏸ limit until \d+(:\d\d)?[ap]m/, {timeoutMs: 60_000})
    // No person is asked, and no other ticket is started.
    const {tickets} = await stateWhen(play, ({agents}) => agents[0]?.state === 'limited')
    expect(tickets.find(({number}) => number === 1)?.attention).toBeNull()
    const {exitCode, stderr} = await play.command(['pop'])
    expect(exitCode).not.toBe(0)
    expect(stderr).toMatch(/No agent is started by itself: agent001 is at its usage limit until/)
    truth.mayRead(THINKS)
    // The client continues a minute after the limit's end, or half a minute later: it looks every thirty seconds.
    await bottled(play, {...PATIENCE, timeoutMs: 200_000})
    expect(prompts(api)).toEqual([
      expect.stringContaining('You work on issue #1'),
      // The client's own words.
      expect.stringContaining('limit has reset'),
    ])
  })

  it('needs a person when the wait for a limit was cancelled, when its client asks what to do, and when it asks in prose', {
    timeout: 300_000,
  }, async () => {
    const question = say('I looked around.\n\nDo you want tea or coffee?')
    await using api = await startClaudeApi({
      1: [
        [WRITE, {do: 'fail', status: 429, times: 1, resetsIn: HOURS}],
        [READ, {do: 'fail', status: 429, times: 1, resetsIn: DAYS, claim: 'seven_day'}],
        [question],
        [question],
        [question],
      ],
    })
    await using play = await openClaudePlay(api, {issues: [CUPS], env: SUBSCRIBER})
    await using truth = await watchTruth(play, api, {})
    await play.command(['pop'])
    await stateWhen(play, ({agents}) => agents[0]?.state === 'limited')
    await truth.stays(LIMITED, 6000)
    await type(play, 1, '\x1b')
    await truth.is('its wait was cancelled', IDLE, 15_000)
    expect((await stateWhen(play, () => true)).tickets[0]?.attention).toBe('idle')

    truth.mayRead(READS, THINKS)
    await truth.send('Try it again.')
    await stateWhen(play, ({agents}) => agents[0]?.state === 'limited')
    const choice = /^waiting asks what to do about its usage limit$/
    await truth.is('its limit ends in days, and it asks what to do', choice, PATIENCE.timeoutMs)
    await type(play, 1, '\x1b')
    await truth.is('it is left at its input line', IDLE, 15_000)

    truth.mayRead(READS, THINKS)
    await truth.send('And once more.')
    const {tickets, events} = await stateWhen(play, state => state.tickets[0]?.phase === 'blocked')
    expect(tickets[0]?.attention).toMatch(/after 2 reminders; it asks: Do you want tea or coffee\?$/)
    expect(events.map(({message}) => message)).toContain('agent001 asks: Do you want tea or coffee?')
    expect((await play.command(['why', '1'])).stdout).toContain('tea or coffee?')
  })
})
