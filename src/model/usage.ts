/** What an agent used, as its client told; a sum over requests, or one request's part. */
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

export function addUsage(one: Usage, other: Usage): Usage {
  const sum = {...one}
  for (const key of KEYS) sum[key] += other[key]
  return sum
}

export function isNothing(usage: Usage): boolean {
  return KEYS.every(key => usage[key] === 0)
}

/** Tokens of all kinds. */
export function tokensOf({input, output, cacheRead, cacheWrite}: Usage): number {
  return input + output + cacheRead + cacheWrite
}

/** `$0.42`. */
export function dollars(amount: number): string {
  return `$${amount.toFixed(2)}`
}

/** `$0.42, 12,400 tokens in 3 requests`: one line for people. */
export function describeUsage(usage: Usage): string {
  const requests = `${usage.requests} request${usage.requests === 1 ? '' : 's'}`
  return `${dollars(usage.costUsd)}, ${tokensOf(usage).toLocaleString('en-US')} tokens in ${requests}`
}

/** Tokens that a model's window takes. */
const WINDOW = 200_000
const LARGE_WINDOW = 1_000_000

export function contextWindow(model: string): number {
  return model.toLowerCase().includes('[1m]') ? LARGE_WINDOW : WINDOW
}
