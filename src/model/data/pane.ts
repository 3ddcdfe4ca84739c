import type {PaneId} from './ids.ts'

export type PaneSpec = {
  pane: PaneId
  /** What people call it: the agent's id. */
  title: string
  command: readonly [file: string, ...args: string[]]
  cwd: string
  /** The whole environment; the host adds TERM, CLAMBAKE_SESSION and the mailbox variables. */
  env: Readonly<Record<string, string>>
  cols: number
  rows: number
  /** Found in the environment of every process of the pane; survivors are ended by it. */
  session: string
  /** Opaque to the host; the daemon finds its own panes by it after a restart. */
  meta: Readonly<Record<string, string>>
}

export type PaneInfo = {
  pane: PaneId
  title: string
  session: string
  meta: Readonly<Record<string, string>>
  cwd: string
  cols: number
  rows: number
  pid: number
  startedAt: number
  /** null while it runs. */
  exit: {code: number; signal: number | null; at: number} | null
}

/** A process that a program left behind when it ended, with its command line. */
export type LeftBehind = {pid: number; command: string}

/** Kind of the mail in which the host tells that a pane's program called for a person: `{by, text}`. */
export const ATTENTION = 'Attention'

/** Kind of the mail in which the host tells that older mail of the pane was dropped: `{dropped: number}`. */
export const MAIL_DROPPED = 'mail-dropped'

/** Kind of the mail in which the host tells that a part of a post was kept only as its text: `{kind, count}`. */
export const MAIL_ALTERED = 'mail-altered'

/** A post to a pane's mailbox, opaque to the host. `reply` says that the sender waits for an answer. */
export type MailItem = {seq: number; pane: PaneId; at: number; kind: string; body: unknown; reply: boolean}
/** How an agent's program ended. */
export type AgentEnd = {
  /** -1: not known, as its host ended too. */
  code: number
  signal: number | null
  /** The last lines that it wrote, on one line, safe to show; may be empty. */
  words: string
  /** Why it says that it cannot continue; null: it does not say so. */
  blocked: string | null
}

/** The end in words, for a reason that a person reads. */
export function describeEnd({code, signal, words}: AgentEnd): string {
  const how = signal ? `by signal ${signal}` : code === -1 ? 'in an unknown way' : `with exit code ${code}`
  return words === '' ? how : `${how}, after it wrote: ${words}`
}
