import {
  askAnswer,
  BEFORE_EDIT,
  denyAnswer,
  type Edit,
  editOf,
  editWarning,
  NO_OBJECTION,
  toolCallOf,
  warnAnswer,
} from '../../agents/claude/edits.ts'
import {hasCode, toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import {truncate} from '../../base/text.ts'
import type {State} from '../../model/core/state.ts'
import type {NewEvent} from '../../model/data/event.ts'
import type {AgentId, PaneId} from '../../model/data/ids.ts'
import type {MailItem} from '../../model/data/pane.ts'
import type {HostGateway} from '../../model/gateways/host.ts'
import type {HoldDecision} from '../../model/hub/holds/decide.ts'
import type {ConflictSide} from '../../model/radar/conflict.ts'
import type {Held} from './held.ts'

/** Paths and calls that are remembered of a pane. */
const REMEMBERED = 500
const EVENT_WIDTH = 300

/** The other sides of the radar that change a path, as of its last look. */
export type Touching = (path: string, ticket: number) => readonly ConflictSide[]

/** What is known of a call from before this run of the daemon: it may be what the client asks its person for. */
const FROM_BEFORE = 'Clambake looked at this call before it was started again, and no longer knows what it saw.'

/** Answers agents that ask before they edit a file or use another tool. */
export type BeforeEdit = {
  /** Takes mail from before this run of the daemon. */
  replay(mail: readonly MailItem[]): void
  /** True: the post was such a question, and nothing else is to be done with it. */
  take(item: MailItem): boolean
  /** Why the client asks its person for a call; null: for reasons of its own. */
  reasonOf(pane: PaneId, call: string): string | null
  paneGone(pane: PaneId): void
}

/** Words about a call; `asks`: because of them the client asks its person. */
type Said = {words: string; call: string; asks: boolean}

type Known = {
  /** What was said last of a path or of what is held. */
  said: Map<string, Said>
  /** The words of calls that were made after all: a person has allowed them. */
  made: Set<string>
  /** What was refused, and told to people. */
  refused: Set<string>
}

const NOTHING_KNOWN: Known = {said: new Map(), made: new Set(), refused: new Set()}

type Work = {agent: AgentId; ticket: number; worktree: string}
type Question = {call: string; edit: Edit | null; held: HoldDecision}

/**
 * Answers before a call: with what other sessions hold (`hub.blockers`), and with the edits of other sides of the radar
 * (`radar.before_edit`). The answer comes from what was seen last, so it takes no time; only before a call is held off, the
 * hub is asked once more. The same words are said once to an agent, and asked until the call was made.
 */
export function createBeforeEdit(options: {
  host: Pick<HostGateway, 'answer'>
  state: () => State
  touching: Touching
  held: Pick<Held, 'decide' | 'recheck'>
  append: (event: NewEvent) => void
  log: Log
  readOnly: boolean
}): BeforeEdit {
  const {host, state, touching, held, append, log, readOnly} = options
  const panes = new Map<PaneId, Known>()

  function workIn(pane: PaneId): Work | null {
    const slot = Object.values(state().agents).find(({context}) => context.pane === pane)?.context
    const worktree = slot?.ticket == null ? undefined : state().tickets[slot.ticket]?.context.worktree
    return slot?.ticket != null && worktree ? {agent: slot.agent, ticket: slot.ticket, worktree} : null
  }

  function known(pane: PaneId): Known {
    const found = panes.get(pane) ?? {said: new Map(), made: new Set(), refused: new Set()}
    panes.set(pane, found)
    return found
  }

  /** Notes words; the oldest are forgotten first. */
  function say(pane: PaneId, about: string, said: Said): void {
    const all = known(pane).said
    all.delete(about)
    all.set(about, said)
    for (const oldest of all.keys()) if (all.size > REMEMBERED) all.delete(oldest)
  }

  function answerTo(pane: PaneId, question: Question, {agent, ticket}: Work): unknown {
    const {held: decided, call, edit} = question
    const {made, refused} = known(pane)
    const radar = edit && radarSays(pane, edit, ticket)
    if (decided.decision === 'allow') return radar ?? NO_OBJECTION
    const {reason} = decided
    const hold = `${decided.held.kind} ${decided.held.id}`
    if (decided.decision === 'refuse') {
      if (!refused.has(hold)) {
        addBounded(refused, hold)
        const message = truncate(`${agent} is held off: ${reason}`, EVENT_WIDTH)
        append({type: 'status_update', agent, ticket, severity: 'warning', message})
      }
      return denyAnswer(reason)
    }
    const about = `${hold} ${edit?.path ?? call}`
    if (made.has(about)) return radar ?? NO_OBJECTION
    // Both are said at once: the client takes one answer.
    const words =
      radar === null || edit === null ? reason : `${reason} ${known(pane).said.get(edit.path)?.words ?? ''}`.trim()
    say(pane, about, {words, call, asks: true})
    return askAnswer(words)
  }

  /** What the radar has against an edit; null: nothing that is to be said now. */
  function radarSays(pane: PaneId, edit: Edit, ticket: number): unknown {
    const mode = state().config.radar.before_edit
    const others = mode === 'off' ? [] : touching(edit.path, ticket)
    if (mode === 'off' || others.length === 0) return null
    const {said, made} = known(pane)
    const words = editWarning(edit, others)
    if (made.has(words) || (mode === 'warn' && said.get(edit.path)?.words === words)) return null
    say(pane, edit.path, {words, call: edit.call, asks: mode === 'ask'})
    return mode === 'warn' ? warnAnswer(words) : askAnswer(words)
  }

  function questionOf(item: MailItem, {agent, worktree}: Work): Question | null {
    const asked = toolCallOf(item, worktree)
    return asked && {call: asked.call, edit: editOf(item, worktree), held: held.decide(agent, asked.toolCall)}
  }

  async function answer(item: MailItem, work: Work | null): Promise<void> {
    const {pane, seq} = item
    let question = work && questionOf(item, work)
    // On a busy machine word of what was freed may come late.
    if (work && question && question.held.decision !== 'allow') {
      await held.recheck()
      question = questionOf(item, work)
    }
    try {
      await host.answer(seq, work && question ? answerTo(pane, question, work) : NO_OBJECTION)
    } catch (error) {
      // The host lets an agent continue that has waited for a second.
      if (!hasCode(error, 'no-such-mail')) log.warn('cannot answer before a call', {pane, error: toErrorData(error)})
    }
  }

  /** Notes that a call was made of which something was said: it is not said again. */
  function noteMade(pane: PaneId, call: string): void {
    const {said, made} = known(pane)
    for (const [about, last] of said) {
      if (last.call !== call) continue
      addBounded(made, about)
      if (last.words !== FROM_BEFORE) addBounded(made, last.words)
    }
  }

  return {
    replay(mail) {
      for (const item of mail) {
        const {pane, kind} = item
        const work = kind === BEFORE_EDIT || kind === 'PostToolUse' ? workIn(pane) : null
        const asked = work && toolCallOf(item, work.worktree)
        if (!asked) continue
        // Only a call that is still to be made may be what a person is asked for.
        if (kind === 'PostToolUse') panes.get(pane)?.said.delete(asked.call)
        else say(pane, asked.call, {words: FROM_BEFORE, call: asked.call, asks: true})
      }
    },
    take(item) {
      const {pane, kind, reply} = item
      const isQuestion = kind === BEFORE_EDIT
      if (!isQuestion && kind !== 'PostToolUse') return false
      const work = workIn(pane)
      if (!isQuestion) {
        const asked = work && toolCallOf(item, work.worktree)
        if (asked && panes.has(pane)) noteMade(pane, asked.call)
        return false
      }
      if (reply && !readOnly) void answer(item, work)
      return true
    },
    reasonOf(pane, call) {
      const {said, made} = panes.get(pane) ?? NOTHING_KNOWN
      const open = [...said].filter(([about, {words}]) => !made.has(about) && !made.has(words))
      const last = open.findLast(([, one]) => one.call === call)?.[1]
      return last?.asks ? last.words : null
    },
    paneGone: pane => void panes.delete(pane),
  }
}

function addBounded(set: Set<string>, value: string): void {
  set.add(value)
  for (const oldest of set) if (set.size > REMEMBERED) set.delete(oldest)
}
