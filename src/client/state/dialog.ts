import type {ErrorData} from '../../base/errors.ts'
import type {AgentId, PaneId} from '../../model/data/ids.ts'
import type {Orphan} from '../../model/data/recovery/orphan.ts'
import type {MailKind} from '../../model/hub/mail.ts'
import type {Meant, SlotMeant} from '../../model/hub/meant.ts'
import type {Memory, MemoryStatus} from '../../model/hub/memory/memory.ts'
import type {Publish} from '../../model/review/comments.ts'
import type {
  Asks,
  DiffOf,
  DiffText,
  FileDiff,
  LandPlan,
  MailRow,
  ReviewComment,
  ReviewDraft,
  ReviewedChanges,
  ReviewReader,
  SyncRow,
} from '../../protocol/daemon.ts'
import type {Detail, Subject} from './subject.ts'
import type {Notice} from './types.ts'

/** A thing that is fetched when its dialog opens. */
export type Loaded<T> =
  | {state: 'loading'; since: number}
  | {state: 'ready'; value: T}
  | {state: 'failed'; error: ErrorData}

export type Dialog =
  | {kind: 'help'; top: number}
  | {kind: 'palette'; text: string; index: number}
  /** The list of what needs a person, in all repositories. */
  | {kind: 'attention'; index: number}
  /**
   * `only`: the tickets that were marked or chosen; null: all that may land. `edit`: the cursor among the tickets while
   * the train is edited. `pending`: the plan is not yet the one of the tickets that are chosen now. `top`: the first
   * line shown below the board, where they do not all fit.
   */
  | {
      kind: 'land'
      plan: Loaded<LandPlan>
      only: readonly number[] | null
      edit: number | null
      pending: boolean
      top: number
    }
  /** `all`: also what is not proposed; `marked`: names of orphans. */
  | {kind: 'orphans'; orphans: Loaded<readonly Orphan[]>; index: number; all: boolean; marked: readonly string[]}
  /** The last step that put work away; null: there is none. */
  | {kind: 'undo'; step: Loaded<{what: string; at: string; by: string} | null>}
  /** The last messages, as they were when it was opened. */
  | {kind: 'notices'; notices: readonly Notice[]; top: number}
  /** Who conflicts with whom. */
  | {kind: 'matrix'; top: number}
  /** What people changed by hand on GitHub, to be obeyed or put back. */
  | {kind: 'changes'; rows: Loaded<readonly SyncRow[]>; index: number}
  /** Issues to start agents on; `left`: how many more are marked, which cannot be claimed. */
  | {kind: 'claim'; issues: readonly {number: number; title: string}[]; left: number}
  /** `work`: the changes of its branch against main, which will be saved; null: the agent has no ticket. */
  | {
      kind: 'stop'
      agent: AgentId
      ticket: number | null
      claim: string | null
      title: string | null
      work: Loaded<DiffText> | null
      /** More agents of marked rows, with their tickets. */
      also?: readonly (SlotMeant & {agent: AgentId; title: string | null})[]
    }
  /** `work`: as above, of the first ticket; `also`: the others. */
  | {
      kind: 'reset'
      agent: AgentId
      ticket: number
      claim: string | null
      title: string
      work: Loaded<DiffText>
      also: readonly (Meant & {agent: AgentId; title: string})[]
    }
  /** `top`: the first line shown, here and below. */
  | {kind: 'detail'; subject: Subject; detail: Loaded<Detail>; top: number}
  /**
   * `diffs`: the lines of files, by path; `row`: the cursor among the rows of the file; `from`: where a range began, null:
   * none is chosen; `shift`: columns that long lines are moved to the left; `draft`: the review that is being written, null: it could not be read.
   */
  | {
      kind: 'diff'
      of: DiffOf
      changes: Loaded<ReviewedChanges>
      diffs: Readonly<Record<string, Loaded<FileDiff>>>
      file: number
      row: number
      top: number
      from: number | null
      shift: number
      draft: ReviewDraft | null
    }
  /** `text`: the words as they are typed. `caret`: the place in them. */
  | {kind: 'comment'; comment: ReviewComment; text: string; caret: number}
  | {kind: 'comments'; index: number}
  /**
   * `readers`: who gets the review; `unheard`: comments that no agent gets, as its work is over; `head`: where the work is now,
   * and `read`: where it was as its changes were shown.
   */
  | {
      kind: 'submit'
      of: DiffOf
      comments: number
      files: number
      outdated: number
      readers: readonly ReviewReader[]
      unheard: number
      head: string
      read: string
      pull: number | null
      publish: Publish
    }
  /** `meant`: what its agents worked on as it was opened: they may have other work by the time that it is sent. */
  | {
      kind: 'message'
      to: AgentId
      text: string
      also?: readonly AgentId[]
      meant?: Readonly<Record<AgentId, SlotMeant>>
    }
  /**
   * `selected`: a message by its id; `mark`: of the state of the hub that it was asked for at; `whole`: the first line
   * that is shown of the message alone, null: the list is shown.
   */
  | {kind: 'mailbox'; mail: Loaded<readonly MailRow[]>; selected: number | null; mark: string; whole: number | null}
  | {kind: 'end-mail'; mail: MailRow}
  /**
   * `text`: the search as it is typed; `asked`: that of which `found` is the answer, or which was sent, null: ask again;
   * `whole`: the first line that is shown of one memory alone, null: the list is shown.
   */
  | {
      kind: 'memory'
      text: string
      asked: string | null
      typing: boolean
      found: Loaded<readonly Memory[]>
      index: number
      whole: number | null
    }
  | {kind: 'memory-status'; memory: Memory; status: MemoryStatus}
  /**
   * A message as it is written: `to` is the chosen one of `addresses`; `naming`: what a blocker holds is typed, and not
   * the text; `answers`: the message that it answers; `seen`: the agent that it is for, with the claim that it worked on.
   */
  | {
      kind: 'write'
      addresses: readonly string[]
      to: number
      mail: MailKind
      text: string
      resource: string
      naming: boolean
      answers: MailRow | null
      seen?: {id: string; claim: string}
    }
  /**
   * The end of an agent's terminal and a line to answer it with. `asked`: what it asked, by `askedBy`, as the line was begun.
   */
  | {kind: 'peek'; agent: AgentId; pane: PaneId; text: string; asked: number | null; meant?: SlotMeant}
  /**
   * What an agent asked when the dialog was opened. `question` is the one that is chosen for now; `choices` has the
   * numbers of options, from 1, for each; `word` is what is typed to go with a denial, null while none is.
   */
  | {
      kind: 'answer'
      agent: AgentId
      ticket: number | null
      claim: string | null
      title: string | null
      asks: Asks
      top: number
      question: number
      choices: readonly (readonly number[])[]
      word: string | null
    }
  /** On the first start in a repository: what is missing. `looking`: doctor's checks are still under way. */
  | {kind: 'welcome'; checks: readonly SetupCheck[]; looking: boolean}
  /** The terminal that was typed into has ended; keys meant for it must not become commands. */
  | {kind: 'gone'; agent: AgentId | null}

/** A thing that a repository needs, whether it is there, and how to get it. */
export type SetupCheck = {name: string; ok: boolean; hint: string}

/** A dialog in which a person writes to agents or sessions. */
export type Letter = Extract<Dialog, {kind: 'message' | 'write'}>
