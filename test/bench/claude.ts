import {setTimeout as wait} from 'node:timers/promises'
import {type ClaudeApi, startClaudeApi} from '../../fixtures/claude/api.ts'
import {claudeClient, claudeEnv, seedClaudeHome} from '../../fixtures/claude/client.ts'
import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import {SHOP_FILES} from '../../fixtures/demo/shop.ts'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {createSampleRepository} from '../../fixtures/repos/sample.ts'
import {claudeHooks} from '../../src/agents/claude/command.ts'
import {poll} from '../../src/base/clock.ts'
import {bracketedPaste} from '../../src/base/text.ts'
import {openClaudePlay} from '../e2e/claude-play.ts'
import type {Play} from '../e2e/stage.ts'
import {stateWhen} from '../e2e/steps.ts'
import {startMailbox} from '../fixtures/agent/harness.ts'
import {OuterTerminal} from './outer.ts'
import {type BenchResult, judge, quantile, ratioAtMost} from './result.ts'
import type {Say} from './say.ts'

/** Both take turns, so that a busy moment of the machine hits both. */
const ROUNDS = 5
/** As for the start of our own program: what else the machine does makes programs slower and never quicker. */
const SHARE = 0.25
const SIZE = {cols: 100, rows: 30}
const PATIENCE = {everyMs: 5, timeoutMs: 30_000}
/** How the client wants to be told: it loses an Enter that comes sooner. */
const SETTLE_MS = 500
const AFTER_PASTE_MS = 100

/** Milliseconds: the client's start, from there to its prompt taken, and all from the wish to the model asked. */
type Times = {start: number; prompt: number; whole: number}

/** The true client under Clambake beside the bare one that is started and told by hand, with the same hooks. */
export async function benchClaude(say: Say): Promise<BenchResult[]> {
  const client = claudeClient()
  if ('missing' in client) {
    say(`claude: left out, ${client.missing}`)
    return []
  }
  say(`claude: ${ROUNDS} rounds`)
  const numbers = Array.from({length: ROUNDS}, (_, index) => index + 1)
  await using api = await startClaudeApi(Object.fromEntries(numbers.map(number => [number, [[{do: 'hang'}]]])))
  await using play = await openClaudePlay(api, {issues: numbers.map(issueOf)})
  await play.command(['daemon', 'start'])
  await stateWhen(play, ({tickets}) => tickets.length === ROUNDS)
  // The first start reads a large program from the disk.
  await bare(api, client.path)
  const ours: Times[] = []
  const reference: Times[] = []
  for (const number of numbers) {
    reference.push(await bare(api, client.path))
    ours.push(await supervised(api, play, number))
  }
  const beside = (what: string, of: keyof Times, limit: number) =>
    judge(
      {
        name: `claude: ${what}, beside the bare client`,
        value: quantile(
          ours.map(times => times[of]),
          SHARE,
        ),
        unit: 'ms',
        reference: quantile(
          reference.map(times => times[of]),
          SHARE,
        ),
      },
      ratioAtMost(limit),
    )
  return [
    beside('spawn to SessionStart', 'start', 1.25),
    beside('SessionStart to prompt taken', 'prompt', 1.25),
    beside('popped to model asked', 'whole', 2),
  ]
}

function issueOf(number: number): DemoIssue {
  return {title: `Count shelf ${number}`, body: 'All of its cups.', labels: ['route:ready'], turns: []}
}

/** Pops an issue, and stops its agent once it has asked the model. */
async function supervised(api: ClaudeApi, play: Play, number: number): Promise<Times> {
  await using daemon = await play.daemon()
  await using host = await play.host()
  const wished = Date.now()
  const before = api.requests.length
  const {agent} = await daemon.call('pop', {issue: number})
  const asked = await firstAsked(api, before)
  const pane = (await host.call('pane.list', {})).findLast(({meta}) => meta.ticket === String(number))!
  const mail = (await host.call('mail.read', {after: 0})).filter(item => item.pane === pane.pane)
  const at = (kind: string) => mail.find(item => item.kind === kind)!.at
  await daemon.call('stopAgent', {agent})
  return {
    start: at('SessionStart') - pane.startedAt,
    prompt: at('UserPromptSubmit') - at('SessionStart'),
    whole: asked - wished,
  }
}

/** Starts the client in a repository of its own and tells it its task as soon as it takes one. */
async function bare(api: ClaudeApi, path: string): Promise<Times> {
  await using folder = temporaryFolder('clambake-bench-')
  const repository = await createSampleRepository({dir: `${folder.path}/shop`, files: SHOP_FILES})
  const home = `${folder.path}/home`
  seedClaudeHome({home, trusts: [repository.dir]})
  await using mailbox = await startMailbox()
  const hooks = JSON.stringify({hooks: claudeHooks(process.execPath)})
  const settings = hooks.replaceAll('{mailbox}', mailbox.env.CLAMBAKE_MAILBOX_URL!)
  const times = new Map<string, number>()
  mailbox.onMail(({kind}) => times.set(kind, Date.now()))
  const before = api.requests.length
  const spawned = Date.now()
  await using terminal = new OuterTerminal({
    command: [path, '--session-id', crypto.randomUUID(), '--permission-mode', 'acceptEdits', '--settings', settings],
    cwd: repository.dir,
    env: sealedEnv(home, {...claudeEnv(api.url), ...mailbox.env, TMPDIR: folder.path}),
    ...SIZE,
  })
  await mailbox.sees('SessionStart')
  await wait(SETTLE_MS)
  terminal.write(bracketedPaste('You work on issue #1 of this repository.\n\nCount its cups, all of them.'))
  await wait(AFTER_PASTE_MS)
  terminal.write('\r')
  await mailbox.sees('UserPromptSubmit')
  const started = times.get('SessionStart')!
  return {
    start: started - spawned,
    prompt: times.get('UserPromptSubmit')! - started,
    whole: (await firstAsked(api, before)) - spawned,
  }
}

/** When the model was asked the first time after so many requests. */
async function firstAsked(api: ClaudeApi, after: number): Promise<number> {
  const asked = () => api.requests.slice(after).find(({conversation}) => conversation !== null)?.at
  const at = await poll(asked, PATIENCE)
  if (at === undefined) throw new Error(`the model was not asked within ${PATIENCE.timeoutMs} ms`)
  return at
}
