import type {PaneId} from '../data/ids.ts'

/**
 * What the decisions need of the terminal host. A floor 2 package implements it, tests have an in-memory one, floor 3 handlers take it as an
 * argument. All methods reject with ClambakeError.
 */

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

/** Kind of the mail in which the host tells that a pane's program called for a person: `{by, text}`. */
export const ATTENTION = 'Attention'

/** A post to a pane's mailbox, opaque to the host. `reply` says that the sender waits for an answer. */
export type MailItem = {seq: number; pane: PaneId; at: number; kind: string; body: unknown; reply: boolean}

export type HostGateway = {
  spawn(spec: PaneSpec): Promise<PaneInfo>
  panes(): Promise<readonly PaneInfo[]>
  /** Characters that each pane's program has written so far; a number that stands still tells of silence. */
  output(): Promise<readonly {pane: PaneId; chars: number}[]>
  /** Adds to the pane's `meta`, for this daemon's next life. */
  note(pane: PaneId, meta: PaneInfo['meta']): Promise<void>
  /** Bytes for the pane's keyboard. */
  write(pane: PaneId, data: string): Promise<void>
  /** SIGTERM to the tree, SIGKILL after `graceMs`, then every survivor of the session; resolves when all are gone. */
  stop(pane: PaneId, options: {graceMs: number}): Promise<void>
  /** Forgets an exited pane and its scrollback. */
  close(pane: PaneId): Promise<void>
  /** The last lines of scrollback and screen as text, without trailing blank lines. */
  text(pane: PaneId, lines: number): Promise<string>
  mail(after: number): Promise<readonly MailItem[]>
  answer(seq: number, body: unknown): Promise<void>
  onMail(listener: (item: MailItem) => void): Disposable
  onPane(listener: (info: PaneInfo) => void): Disposable
}
