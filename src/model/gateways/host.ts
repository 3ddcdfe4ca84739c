import type {PaneId} from '../data/ids.ts'
import type {LeftBehind, MailItem, PaneInfo, PaneSpec} from '../data/pane.ts'

/** Where to look for what ended programs left behind: their sessions, and the folder that is theirs alone. */
export type LeftPlace = {sessions: readonly string[]; folder: string}

/**
 * What the decisions need of the terminal host. A floor 2 package implements it, tests have an in-memory one, floor 3
 * handlers take it as an argument. All methods reject with ClambakeError.
 */

export type HostGateway = {
  spawn(spec: PaneSpec): Promise<PaneInfo>
  panes(): Promise<readonly PaneInfo[]>
  /** Characters that each pane's program has written so far; a number that does not change means silence. */
  output(): Promise<readonly {pane: PaneId; chars: number}[]>
  /** Adds to the pane's `meta`, for this daemon after a restart. */
  note(pane: PaneId, meta: PaneInfo['meta']): Promise<void>
  /** Bytes for the pane's keyboard. */
  write(pane: PaneId, data: string): Promise<void>
  /** SIGTERM to the tree, SIGKILL after `graceMs`, then every survivor of the session; resolves when all are gone. */
  stop(pane: PaneId, options: {graceMs: number}): Promise<void>
  /** Forgets an exited pane and its scrollback. */
  close(pane: PaneId): Promise<void>
  /**
   * Processes of these sessions, whose programs have ended, and those without terminal and parent that work in their folder:
   * servers that were started to outlive an agent.
   */
  leftBehind(place: LeftPlace): Promise<readonly LeftBehind[]>
  /** Ends them as `stop` does, and gives what they were. */
  endLeftBehind(place: LeftPlace, options: {graceMs: number}): Promise<readonly LeftBehind[]>
  /** The last lines of scrollback and screen as text, without trailing blank lines. */
  text(pane: PaneId, lines: number): Promise<string>
  mail(after: number): Promise<readonly MailItem[]>
  answer(seq: number, body: unknown): Promise<void>
  onMail(listener: (item: MailItem) => void): Disposable
  onPane(listener: (info: PaneInfo) => void): Disposable
}
