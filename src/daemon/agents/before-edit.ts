import {askAnswer, BEFORE_EDIT, type Edit, editOf, editWarning, NO_OBJECTION, warnAnswer} from '../../agents/edits.ts'
import {hasCode, toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import type {State} from '../../model/core/state.ts'
import type {PaneId} from '../../model/data/ids.ts'
import type {MailItem} from '../../model/data/pane.ts'
import type {HostGateway} from '../../model/gateways/host.ts'
import type {ConflictSide} from '../../model/radar/conflict.ts'

/** Paths and calls that are remembered of a pane. */
const REMEMBERED = 500

/** The other sides of the radar that change a path, as of its last look. */
export type Touching = (path: string, ticket: number) => readonly ConflictSide[]

/** What is known of a call from before this run of the daemon: it may be what the client asks its person for. */
const FROM_BEFORE = 'Clambake looked at this edit before it was started again, and no longer knows what it saw.'

/** Answers agents that ask before they edit a file. */
export type BeforeEdit = {
  /** Takes mail from before this run of the daemon. */
  replay(mail: readonly MailItem[]): void
  /** True: the post was such a question, and nothing else is to be done with it. */
  take(item: MailItem): boolean
  /** Why the client asks its person for a call; null: for reasons of its own. */
  reasonOf(pane: PaneId, call: string): string | null
  paneGone(pane: PaneId): void
}

type Known = {
  /** What was said last of a path, in which words and for which call. */
  said: Map<string, {warning: string; call: string}>
  /** The words of edits that were made after all: a person has allowed them. */
  made: Set<string>
}

/**
 * Warns of edits of files that another side of the radar changes, by `radar.before_edit`. The answer comes from what the
 * radar saw last, so it takes no time. The same words are said once to an agent, and asked until the edit was made.
 */
export function createBeforeEdit(options: {
  host: Pick<HostGateway, 'answer'>
  state: () => State
  touching: Touching
  log: Log
  readOnly: boolean
}): BeforeEdit {
  const {host, state, touching, log, readOnly} = options
  const panes = new Map<PaneId, Known>()

  function workIn(pane: PaneId): {ticket: number; worktree: string} | null {
    const ticket = Object.values(state().agents).find(({context}) => context.pane === pane)?.context.ticket
    const worktree = ticket == null ? undefined : state().tickets[ticket]?.context.worktree
    return ticket != null && worktree ? {ticket, worktree} : null
  }

  function known(pane: PaneId): Known {
    const found = panes.get(pane) ?? {said: new Map(), made: new Set()}
    panes.set(pane, found)
    return found
  }

  function answerTo(pane: PaneId, edit: Edit, others: readonly ConflictSide[]): unknown {
    const mode = state().config.radar.before_edit
    if (mode === 'off' || others.length === 0) return NO_OBJECTION
    const {said, made} = known(pane)
    const warning = editWarning(edit, others)
    const before = said.get(edit.path)
    if (made.has(warning) || (mode === 'warn' && before?.warning === warning)) return NO_OBJECTION
    said.delete(edit.path)
    said.set(edit.path, {warning, call: edit.call})
    for (const oldest of said.keys()) if (said.size > REMEMBERED) said.delete(oldest)
    return mode === 'warn' ? warnAnswer(warning) : askAnswer(warning)
  }

  async function answer({pane, seq}: MailItem, edit: Edit | null, ticket: number | undefined): Promise<void> {
    const others = edit && ticket !== undefined ? touching(edit.path, ticket) : []
    try {
      await host.answer(seq, edit ? answerTo(pane, edit, others) : NO_OBJECTION)
    } catch (error) {
      // The host lets an agent continue that has waited for a second.
      if (!hasCode(error, 'no-such-mail')) log.warn('cannot answer before an edit', {pane, error: toErrorData(error)})
    }
  }

  function noteMade(pane: PaneId, {path, call}: Edit): void {
    const {said, made} = known(pane)
    const last = said.get(path)
    if (last?.call !== call) return
    made.add(last.warning)
    for (const oldest of made) if (made.size > REMEMBERED) made.delete(oldest)
  }

  return {
    replay(mail) {
      for (const item of mail) {
        const work = item.kind === BEFORE_EDIT ? workIn(item.pane) : null
        const edit = work && editOf(item, work.worktree)
        if (edit) known(item.pane).said.set(edit.path, {warning: FROM_BEFORE, call: edit.call})
      }
    },
    take(item) {
      const {pane, kind, reply} = item
      const isQuestion = kind === BEFORE_EDIT
      if (!isQuestion && kind !== 'PostToolUse') return false
      const work = workIn(pane)
      const edit = work && editOf(item, work.worktree)
      if (!isQuestion) {
        if (edit) noteMade(pane, edit)
        return false
      }
      if (reply && !readOnly) void answer(item, edit, work?.ticket)
      return true
    },
    reasonOf(pane, call) {
      const last = [...(panes.get(pane)?.said.values() ?? [])].find(said => said.call === call)
      return last && state().config.radar.before_edit === 'ask' ? last.warning : null
    },
    paneGone: pane => void panes.delete(pane),
  }
}
