import type {PaneId} from '../data/ids.ts'
import type {MailItem, PaneInfo, PaneSpec} from '../data/pane.ts'

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
  /** The last lines of scrollback and screen as text, without trailing blank lines. */
  text(pane: PaneId, lines: number): Promise<string>
  mail(after: number): Promise<readonly MailItem[]>
  answer(seq: number, body: unknown): Promise<void>
  onMail(listener: (item: MailItem) => void): Disposable
  onPane(listener: (info: PaneInfo) => void): Disposable
}
