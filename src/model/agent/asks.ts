import type {PaneId} from '../data/ids.ts'

export type AskedQuestion = {
  question: string
  /** Several options may be chosen together. */
  multiSelect: boolean
  options: readonly {label: string; description: string}[]
}

/** What an agent asks a person for, as people see it; every text is safe for a terminal. */
export type Asks = {
  /** The number of its mail: an answer names it, so that it can never answer another request. */
  id: number
  kind: 'permission' | 'question'
  tool: string
  /** The tool's whole input, one field after the other, over many lines. */
  input: string
  /** Where the tool would work. */
  directory: string
  /** Epoch milliseconds. */
  since: number
  /** What the agent's client would allow with "always": `Bash(npm install:*)`; null: this very call only. */
  rule: string | null
  questions: readonly AskedQuestion[]
}

/** What an agent asks, on one line: a question by its own words, as its tool's name says nothing to a person. */
export function askedWords({kind, tool, what}: Pick<Asks, 'kind' | 'tool'> & {what: string}): string {
  return kind === 'question' && what !== '' ? what : [tool, what].filter(Boolean).join(' ')
}

/** A person's word on what an agent asks. `choices`: for each question the numbers of its options, from 1. */
export type Answer =
  | {kind: 'allow'}
  | {kind: 'always'}
  | {kind: 'deny'; message?: string}
  | {kind: 'choose'; choices: readonly (readonly number[])[]}

/** A request whose sender still waits, with what its answer is made of. */
export type OpenRequest = {
  pane: PaneId
  asks: Asks
  /** The client's own name of the tool, and its input as it came: what policies look at. */
  tool: string
  input: Readonly<Record<string, unknown>>
  directory: string
  /** What the tool is called with, on one line. */
  what: string
  /** Equal for the same tool with exactly the same input in the same folder. */
  call: string
  /** The subagent that asks; empty: the agent itself. */
  by: string
  /** Changes of permissions that the client offered and `asks.rule` describes, for this session only. */
  updates: readonly unknown[]
}

/** Requests that wait for an answer, by pane, the oldest first. */
export type OpenRequests = Readonly<Record<PaneId, readonly OpenRequest[]>>

export type RequestEvent =
  | {type: 'asked'; request: OpenRequest}
  /** It was answered, or its sender no longer waits. */
  | {type: 'settled'; id: number}
  /** The agent does something else: whatever it asked was answered in its terminal. `by`: only one of its subagents. */
  | {type: 'wentOn'; pane: PaneId; by?: string}

/** Keeps account of what is asked. The same request twice counts once. */
export function stepRequests(open: OpenRequests, event: RequestEvent): OpenRequests {
  switch (event.type) {
    case 'asked': {
      const {request} = event
      const others = (open[request.pane] ?? []).filter(({asks}) => asks.id !== request.asks.id)
      return {...open, [request.pane]: [...others, request].sort((one, other) => one.asks.id - other.asks.id)}
    }
    case 'settled':
      return Object.fromEntries(
        Object.entries(open).flatMap(([pane, requests]) => {
          const left = requests.filter(({asks}) => asks.id !== event.id)
          return left.length === 0 ? [] : [[pane, left]]
        }),
      )
    case 'wentOn': {
      const {[event.pane]: asked = [], ...others} = open
      const left = asked.filter(({by}) => event.by !== undefined && by !== event.by)
      return left.length === 0 ? others : {...others, [event.pane]: left}
    }
  }
}

/** What the program in a pane asks now: its newest request. */
export function openRequest(open: OpenRequests, pane: PaneId): OpenRequest | undefined {
  return open[pane]?.at(-1)
}
