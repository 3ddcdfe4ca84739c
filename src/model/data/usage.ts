import {figure} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import type {AgentId, PaneId} from './ids.ts'

/** What an agent used, as its client reported: of one request, or a sum of several. */
export type Usage = {
  costUsd: number
  /** Tokens; those that came from or went into the prompt cache are not among `input`. */
  input: number
  output: number
  cacheRead: number
  cacheWrite: number
  requests: number
  commits: number
  /** Lines of code added and removed. */
  lines: number
  /** Seconds in which the agent or its user was at work. */
  activeSeconds: number
}

/** How full the agent's context window was at its newest request. */
export type ContextFill = {
  model: string
  /** Tokens of the whole prompt. */
  tokens: number
  /** Epoch milliseconds of the request, the client's clock. */
  at: number
}

/** Usage that no event of the hub holds yet. */
type Unwritten = {
  agent: AgentId
  ticket: number
  /** Local day on which it was seen: `2026-11-25`. */
  day: string
  /** Number of its last post. */
  mail: number
  posts: number
  usage: Usage
}

/** What the decisions know of money. */
export type Spending = {
  /** Minutes by which local time is ahead of UTC. */
  readonly zoneMinutes: number
  /** The last day on which something was spent, and how much, all tickets together. */
  readonly day: string
  readonly costUsd: number
  readonly unwritten: Readonly<Record<PaneId, Unwritten>>
  readonly fills: Readonly<Record<PaneId, ContextFill>>
}

export const NO_USAGE: Usage = {
  costUsd: 0,
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  requests: 0,
  commits: 0,
  lines: 0,
  activeSeconds: 0,
}

const KEYS = Object.keys(NO_USAGE) as (keyof Usage)[]

/** The sum of two usages. */
export function addUsage(one: Usage, other: Usage): Usage {
  const sum = {...one}
  for (const key of KEYS) sum[key] += other[key]
  return sum
}

/** Whether nothing was used. */
export function isNothing(usage: Usage): boolean {
  return KEYS.every(key => usage[key] === 0)
}

/** Tokens of all kinds. */
function tokensOf({input, output, cacheRead, cacheWrite}: Usage): number {
  return input + output + cacheRead + cacheWrite
}

/** `$0.42`. */
export function money(amount: number): string {
  return `$${amount.toFixed(2)}`
}

/** `$0.42, 12,400 tokens in 3 requests`: one line for people. */
export function describeUsage(usage: Usage): string {
  return `${money(usage.costUsd)}, ${figure(tokensOf(usage))} tokens in ${count(usage.requests, 'request')}`
}

const WINDOW = 200_000
const LARGE_WINDOW = 1_000_000

/** Tokens that the window takes; one that holds more than the usual one is a large one, whatever its model's name. */
export function contextWindow({model, tokens}: Pick<ContextFill, 'model' | 'tokens'>): number {
  return model.toLowerCase().includes('[1m]') || tokens > WINDOW ? LARGE_WINDOW : WINDOW
}

const DAY_MS = 24 * 60 * 60_000
/** The day that was named last: every decision asks for it, and naming one is slow. */
let named = {day: Number.NaN, name: ''}

/** The local day of a moment: `2026-11-25`. */
export function dayOf(at: number, zoneMinutes: number): string {
  const day = Math.floor((at + zoneMinutes * 60_000) / DAY_MS)
  if (day !== named.day) named = {day, name: new Date(day * DAY_MS).toISOString().slice(0, 10)}
  return named.name
}

/** Dollars that were spent on the day of `at`. */
export function spentToday({day, costUsd, zoneMinutes}: Spending, at: number): number {
  return day === dayOf(at, zoneMinutes) ? costUsd : 0
}
