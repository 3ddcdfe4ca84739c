import {afterEach, expect} from 'vitest'
import type {ClaudeApi} from '../../fixtures/claude/api.ts'
import {promptsOf} from '../../fixtures/claude/conversation.ts'
import type {ModelMoment, ToolCall} from '../../fixtures/claude/script.ts'
import {poll, sleep} from '../../src/base/clock.ts'
import type {AgentRow} from '../../src/protocol/daemon.ts'
import type {Tally} from '../truth-report.ts'
import type {Play} from './stage.ts'

/** Signals come at once; the machine may be busy. */
const WITHIN_MS = 10_000
/** A state that was right is looked at for so long before the model answers. */
const STEADY_MS = 100
/** Tries of the client before it gives up. */
const TRIES = 2

/** How the column reads from one step of the script to the next. */
type Step = {
  name: string
  /** What it reads, in order; each may be too short to be seen. */
  path: RegExp[]
  /** The one that must be seen. */
  must: RegExp | null
  withinMs: number
  /** What it read before, which it may read until it first reads what it should. */
  before: string
  at: number
  seen: string[]
}

export type Truth = AsyncDisposable & {
  /** The script has done something that the model knows nothing of. Waits until the column says so. */
  is(name: string, must: RegExp, withinMs?: number): Promise<void>
  /** Somebody is about to do something, after which the column reads so as well. */
  mayRead(...path: RegExp[]): void
  /** Waits, while the column has to read so. */
  stays(must: RegExp, ms: number): Promise<void>
  /** Sends a message to the agent, which has to reach the model once. */
  send(words: string): Promise<void>
}

let tally = nothing()

function nothing(): Tally {
  return {checked: 0, wrong: [], sent: 0, lost: [], twice: []}
}

/** Keeps what a test compared for the report at the end; fails it when a state was wrong or words were lost. */
export function reportTruth(): void {
  afterEach(({task}) => {
    const compared = tally
    tally = nothing()
    task.meta.truth = compared
    expect(compared).toMatchObject({wrong: [], lost: [], twice: []})
  })
}

/**
 * Compares the state column of a play's one agent with what its script is at: the model knows whether it is asked,
 * which tool it called, that it fails, hangs or is done. The model's answer waits until the column has said so.
 * `asks`: the tools' arguments that the client asks leave for. `background`: turns that end while a task goes on. `ends`: the
 * agent is ended whenever that comes to be known.
 */
export async function watchTruth(
  play: Play,
  api: ClaudeApi,
  {
    issue = 1,
    asks = [],
    background = [],
    ends = false,
  }: {issue?: number; asks?: readonly string[]; background?: readonly number[]; ends?: boolean},
): Promise<Truth> {
  await play.command(['daemon', 'start'])
  const daemon = await play.daemon()
  /** What Clambake sent: the task, and messages. */
  const words = [`You work on issue #${issue} `]
  const read = (agents: readonly AgentRow[]) => {
    const row = agents.find(({ticket}) => ticket === issue)
    return row ? [row.state, row.activity, row.doing].filter(Boolean).join(' ') : 'free'
  }
  let column = read((await daemon.call('state', {})).agents)
  let step: Step = begin('nothing has begun', [/./], null)
  const listening = daemon.on('state', ({agents}) => {
    if (!agents || read(agents) === column) return
    column = read(agents)
    step.seen.push(column)
  })

  function begin(name: string, path: RegExp[], must: RegExp | null, withinMs = WITHIN_MS): Step {
    return {name, path, must, withinMs, before: column, at: Date.now(), seen: [column]}
  }

  /** Why the column was wrong in a step that is over. */
  function fault({path, must, before, seen}: Step): string | null {
    const ended = ends && seen.some(text => ENDED.test(text))
    if (must && !ended && !seen.some(text => must.test(text))) return `never ${must}`
    let place = -1
    for (const text of seen) {
      if (place === -1 && text === before && !path[0]?.test(text)) continue
      const next = path.findIndex((pattern, index) => index >= Math.max(0, place) && pattern.test(text))
      if (next === -1) return `"${text}" in the middle of it`
      place = next
    }
    return null
  }

  async function agreed(): Promise<void> {
    const {must, withinMs} = step
    if (must === null) return
    await poll(() => (step.seen.some(text => must.test(text)) ? true : undefined), {everyMs: 10, timeoutMs: withinMs})
  }

  async function enter(next: Step | null): Promise<void> {
    // What is too quick to be seen has nothing to be right or wrong.
    if (step.must || step.seen.length > 1) tally.checked++
    const wrong = fault(step)
    if (wrong) tally.wrong.push(`${step.name}: ${wrong}: ${step.seen.join(' → ')}`)
    if (next) step = next
  }

  async function follow(moment: ModelMoment): Promise<void> {
    if (moment.issue !== issue) return
    const [name, path, must] = expected(moment, {asks, background})
    await agreed()
    await enter(begin(name, ends ? [...path, ENDED] : path, must))
    if (moment.is !== 'asked') return
    await agreed()
    await poll(() => (Date.now() - step.at > STEADY_MS ? true : undefined), {everyMs: 10, timeoutMs: WITHIN_MS})
  }

  api.watch(follow)
  return {
    async is(name, must, withinMs) {
      await enter(begin(name, [...step.path, must], must, withinMs))
      await agreed()
    },
    mayRead: (...path) => void step.path.push(...path),
    async stays(must, ms) {
      await enter(begin(`it stays ${must}`, [must], must))
      await agreed()
      await sleep(ms)
    },
    async send(said) {
      words.push(said)
      const {exitCode, stderr} = await play.command(['send', 'agent001', said])
      expect(exitCode, stderr).toBe(0)
    },
    async [Symbol.asyncDispose]() {
      await agreed()
      await enter(null)
      for (const said of words) {
        const times = timesRead(api, said)
        tally.sent++
        if (times === 0) tally.lost.push(said)
        if (times > 1) tally.twice.push(said)
      }
      listening[Symbol.dispose]()
      await daemon[Symbol.asyncDispose]()
    },
  }
}

/** How often the model has read these words in one conversation, by what the API was sent. */
function timesRead({requests}: ClaudeApi, said: string): number {
  const conversations = requests.flatMap(({conversation}) => (conversation ? [promptsOf(conversation)] : []))
  return Math.max(0, ...conversations.map(prompts => prompts.join('\n').split(said).length - 1))
}

const THINKS = /^working thinking$/
const ENDED = /^(cleanup|free)/
const GIVES_UP = {429: /^waiting rate_limit$/, 500: /^waiting server_error$/, 529: /^waiting server_error$/}

function expected(
  moment: ModelMoment,
  {asks, background}: {asks: readonly string[]; background: readonly number[]},
): [name: string, path: RegExp[], must: RegExp | null] {
  switch (moment.is) {
    case 'asked':
      // A subagent uses its tools beside it.
      return ['the model is asked', [background.length === 0 ? THINKS : /^working /], THINKS]
    case 'using': {
      const argumentOf = (call: ToolCall) => String(call.input.command ?? call.input.url ?? call.tool)
      // What asks for leave is asked, whatever else is in the same message.
      const asking = [moment, ...moment.beside].find(call => asks.includes(argumentOf(call)))
      const {tool, input} = asking ?? moment
      const uses = moment.beside.length > 0 ? /^working / : new RegExp(`^working ${tool}\\b`)
      const name = `${tool} ${JSON.stringify(input)}`
      if (!asking) return [name, [uses, THINKS], /^sleep [1-9]/.test(argumentOf(moment)) ? uses : null]
      const waits = new RegExp(`^waiting asks ${tool}\\b`)
      return [`${name} asks`, [uses, waits], waits]
    }
    case 'failing': {
      if (moment.limited) return ['its limit is reached', [THINKS, /^limited limit until /], /^limited limit until /]
      const gives = GIVES_UP[moment.status]
      return moment.time < TRIES ? ['a try fails', [THINKS], THINKS] : ['it gives up', [THINKS, gives], gives]
    }
    case 'hanging':
      return ['the model hangs', [THINKS], THINKS]
    case 'done': {
      const works = /^working thinking works in the background$/
      if (background.includes(moment.turn)) return ['it waits for a task', [THINKS, works, /^working /], works]
      const checks = /^(working checking|cleanup|free)/
      return ['its turn is over', [THINKS, checks, /^(working|cleanup|free)/], checks]
    }
  }
}
