import {describe, expect, it} from 'vitest'
import {startClaudeApi} from '../../fixtures/claude/api.ts'
import {claudeClient} from '../../fixtures/claude/client.ts'
import {poll} from '../../src/base/clock.ts'
import {bottled, COMMIT, COUNTED, CUPS, openClaudePlay, prompts, say, transcript, use, WRITE} from './claude-play.ts'
import type {App} from './driver/app.ts'
import type {Play} from './stage.ts'
import {PATIENCE, paneOf, stateWhen, type} from './steps.ts'
import {reportTruth, watchTruth} from './truth.ts'

const client = claudeClient()

/** Runs long enough to be seen; it needs no permission. */
const COUNT = use('Bash', {command: 'sleep 1', description: 'Count the cups'})
/** Needs permission. */
const BREW = use('Bash', {command: 'node -e 0', description: 'Brew a cup'})
const POUR = use('Bash', {command: 'node -e "setTimeout(String, 5000)"', description: 'Pour it'})

/** Says yes in the pane. A key that comes as soon as the question is lost, so it is pressed until the question goes. */
async function permit(play: Play, app: App): Promise<void> {
  const question = 'Do you want to proceed?'
  await app.sees(question)
  const isGone = async () => {
    if (!app.screen().includes(question)) return true
    await type(play, 1, '\r')
    return undefined
  }
  expect(await poll(isGone, {...PATIENCE, everyMs: 200})).toBe(true)
}

const THINKS = /^working thinking$/
/** The agent shows that it reads a prompt of Clambake. */
const READS = /^working reading$/

describe.skipIf('missing' in client)(`the true client${'missing' in client ? `: ${client.missing}` : ''}`, () => {
  reportTruth()

  it('goes from pop to landed with questions on the way, answered on our screen and in its own', {
    timeout: 180_000,
  }, async () => {
    await using api = await startClaudeApi({
      1: [
        [
          say('I count them.'),
          COUNT,
          WRITE,
          {do: 'fail', status: 529, times: 1},
          BREW,
          POUR,
          COMMIT,
          say('There are sixty.'),
        ],
      ],
    })
    await using play = await openClaudePlay(api, {issues: [CUPS]})
    const app = play.open()
    await app.sees('Count the cups')
    await using truth = await watchTruth(play, api, {asks: ['node -e 0', 'node -e "setTimeout(String, 5000)"']})
    await app.press('p')
    await app.sees(/◆ asks Bash node -e 0/, {timeoutMs: 60_000})
    await app.press('!', 'a')
    await app.sees('command: node -e 0')
    truth.mayRead(/^working Bash node -e 0$/, THINKS)
    await app.press('y')
    await app.sees('a001: allowed Bash: node -e 0')
    await app.sees(/◆ asks Bash node -e "setTimeout/)
    const pours = /^working Bash node -e "setTimeout/
    truth.mayRead(pours)
    await permit(play, app)
    // The client's dialog is only in its log; the tool keeps running for a while.
    await truth.is('it was allowed in its own dialog', pours)
    truth.mayRead(THINKS)
    await bottled(play)
    expect(await play.json('land')).toMatchObject({merged: [1]})
    expect(await play.repository.readFile('docs/cups.md')).toBe(COUNTED)
    expect(play.repository.pulls()).toMatchObject([{merged: true}])
    // The task came as a paste, and words of the user asked for it.
    expect(prompts(api)).toEqual([
      expect.stringMatching(/^Please do .*\n\n<pasted_content[^>]*>\nYou work on issue #1 /),
    ])
    expect(api.requests.filter(({status}) => status !== 200)).toMatchObject([{status: 529}])
  })

  it('continues its conversation after its process was killed', {timeout: 180_000}, async () => {
    await using api = await startClaudeApi({
      1: [
        [WRITE, say('I wrote it down.'), {do: 'hang'}],
        [COMMIT, say('Done.')],
      ],
    })
    await using play = await openClaudePlay(api, {issues: [CUPS]})
    const app = play.open()
    await app.sees('Count the cups')
    await using truth = await watchTruth(play, api, {})
    await app.press('p')
    expect(await poll(() => (api.hanging === 1 ? true : undefined), PATIENCE)).toBe(true)
    const before = await paneOf(play, 1)
    // The client saves the conversation a moment later; killed before that, it starts a new one under another id.
    expect(await poll(() => transcript(play, before.session).includes('docs/cups.md') || undefined, PATIENCE)).toBe(
      true,
    )
    truth.mayRead(/^(assigned|working|cleanup|free)/)
    process.kill(before.pid, 'SIGKILL')
    // Committing needs no permission.
    await bottled(play)
    const after = await paneOf(play, 1)
    expect(after).toMatchObject({session: before.session, cwd: before.cwd})
    expect(after.pid).not.toBe(before.pid)
    const stopped = expect.stringContaining('You were stopped before')
    expect(prompts(api)).toEqual([expect.stringContaining('You work on issue #1'), stopped])
    expect(await play.json('land')).toMatchObject({merged: [1]})
    expect(await play.repository.readFile('docs/cups.md')).toBe(COUNTED)
  })

  it('waits for a person before its first prompt when it shows a dialog', {timeout: 180_000}, async () => {
    await using api = await startClaudeApi({1: [[WRITE, COMMIT, say('Done.')]]})
    await using play = await openClaudePlay(api, {issues: [CUPS], trusted: false})
    const app = play.open()
    await app.sees('Count the cups')
    await using truth = await watchTruth(play, api, {})
    await app.press('p')
    await app.sees('Yes, I trust this folder')
    await truth.is('a dialog is shown', /^waiting not ready$/, PATIENCE.timeoutMs)
    truth.mayRead(READS, THINKS)
    expect(prompts(api)).toEqual([])
    const moveToYes = async () => {
      if (/❯ Yes, I trust/.test(app.screen())) return true
      await type(play, 1, '\x1b[B')
      return undefined
    }
    expect(await poll(moveToYes, {...PATIENCE, everyMs: 300})).toBe(true)
    await type(play, 1, '\r')
    await bottled(play)
    expect(prompts(api)).toEqual([expect.stringContaining('You work on issue #1')])
  })

  it('waits when its service fails for good, and continues after a message', {timeout: 180_000}, async () => {
    await using api = await startClaudeApi({
      1: [
        [WRITE, {do: 'fail', status: 500, times: 99}],
        [COMMIT, say('Done.')],
      ],
    })
    await using play = await openClaudePlay(api, {issues: [CUPS]})
    await using truth = await watchTruth(play, api, {})
    await play.command(['pop'])
    const {agents} = await stateWhen(play, state => state.agents.some(({state}) => state === 'waiting'))
    expect(agents[0]).toMatchObject({activity: 'server_error'})
    truth.mayRead(READS, THINKS)
    await truth.send('It is back, go on.')
    await bottled(play)
    expect(prompts(api)[1]).toMatch(/^Please do .*A message about issue #1 .*It is back, go on\./s)
  })

  it('is shown as idle after Esc, which no hook reports, and continues with the next message', {
    timeout: 240_000,
  }, async () => {
    await using api = await startClaudeApi({
      1: [
        [WRITE, {do: 'hang'}],
        [COMMIT, say('Done.')],
      ],
    })
    await using play = await openClaudePlay(api, {issues: [CUPS]})
    await using truth = await watchTruth(play, api, {})
    await play.command(['pop'])
    expect(await poll(() => (api.hanging === 1 ? true : undefined), PATIENCE)).toBe(true)
    // While it waits for its model it draws, so it is believed.
    await stateWhen(play, ({agents}) => agents[0]?.state === 'working')
    await type(play, 1, '\x1b')
    await truth.is('it was interrupted', /^waiting idle$/, PATIENCE.timeoutMs)
    truth.mayRead(READS, THINKS)
    await truth.send('Go on.')
    await bottled(play)
  })
})
