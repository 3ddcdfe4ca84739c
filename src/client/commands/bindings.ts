import {ANSWER_KEYS} from '../dialogs/answer.ts'
import {CHANGES_KEYS} from '../dialogs/changes.ts'
import {TRAIN_KEYS} from '../dialogs/edit-train.ts'
import {MAILBOX_KEYS} from '../dialogs/hub/mailbox.ts'
import {MEMORY_KEYS} from '../dialogs/hub/memory.ts'
import {WRITE_KEYS} from '../dialogs/hub/write.ts'
import {ORPHANS_KEYS} from '../dialogs/orphans.ts'
import {COMMENT_KEYS} from '../dialogs/review/comment.ts'
import {DIFF_KEYS} from '../dialogs/review/diff.ts'
import {SUBMIT_KEYS} from '../dialogs/review/submit-review.ts'
import type {Binding} from './binding.ts'
import {HUB} from './hub.ts'
import {IN_DIALOGS, IN_TEXT} from './in-dialogs.ts'
import {MOVES} from './move.ts'
import {ROWS_AND_AGENTS} from './rows-and-agents.ts'
import {SCREEN} from './screen.ts'
import {WORK} from './work.ts'

/** All commands with their default keys; footer, help and palette are made from it. Footer order is this order. */
export const BINDINGS = [
  ...WORK,
  ...ROWS_AND_AGENTS,
  ...MOVES,
  ...HUB,
  ...SCREEN,
  ...IN_DIALOGS,
  ...TRAIN_KEYS,
  ...DIFF_KEYS,
  ...SUBMIT_KEYS,
  ...COMMENT_KEYS,
  ...ORPHANS_KEYS,
  ...CHANGES_KEYS,
  ...ANSWER_KEYS,
  ...MAILBOX_KEYS,
  ...WRITE_KEYS,
  ...MEMORY_KEYS,
  ...IN_TEXT,
] as const satisfies readonly Binding[]

export type CommandId = (typeof BINDINGS)[number]['command']
