import type {ErrorCode} from '../../src/base/error-codes.ts'
import {count} from '../../src/base/words.ts'
import {classOf, ERROR_CLASSES, type Handling} from '../../src/model/core/error-classes.ts'
import type {Pattern} from '../../src/model/recovery/finding.ts'
import {errorAreas} from './errors.ts'
import {cell, code, table} from './markdown.ts'

const MINUTE = 60_000

/** Every kind of failure, as the daemon handles it. */
export function troubleReference(): string {
  const codes = errorAreas().flatMap(area => area.codes)
  return table(
    ['kind', 'tried again', 'you see it', 'what to do', 'codes'],
    Object.entries(ERROR_CLASSES).map(([kind, handling]) => [
      kind,
      triedAgain(handling),
      shownAfter(handling),
      cell(handling.next),
      kind === 'other'
        ? 'all others'
        : codes
            .filter(name => classOf({code: name as ErrorCode}) === kind)
            .map(code)
            .join(' '),
    ]),
  )
}

function triedAgain({retry, forMs}: Handling): string {
  if (retry === null) return 'no'
  return forMs === null ? 'until it works' : `for ${count(forMs / MINUTE, 'minute')}`
}

function shownAfter({retry, notice, personMs}: Handling): string {
  return retry === null || notice ? 'at once' : `after ${count(personMs / MINUTE, 'minute')}`
}

/** What each contradiction means that `clambake agents diagnose` finds, and what to do about it. */
const FINDINGS: Readonly<Record<Pattern, readonly [meaning: string, next: string]>> = {
  'label-without-claim': [
    'a label says that an agent works on the issue, and no one has claimed it',
    'nothing: the label is taken off by itself; `clambake agents diagnose 123 --fix` does it now',
  ],
  'claim-without-label': [
    'an agent works on the issue, and its labels do not say so',
    'nothing: the next pass sets the labels again',
  ],
  'claim-without-owner': [
    'the daemon that claimed the issue did not renew its lease',
    'nothing: the claim is taken over or released; `clambake recover 123` does it now',
  ],
  'claim-unreadable': [
    'a claim cannot be read, so no daemon takes or releases it',
    '`git show REF`; if no daemon works on the ticket, delete the ref on the remote',
  ],
  'branch-without-claim': ['a branch holds work that no one has claimed', '`clambake recover BRANCH`'],
  'worktree-without-claim': ['a worktree holds work that no one has claimed', '`clambake recover PATH`'],
  'second-branch': [
    'a branch or worktree holds work for an issue that is worked on elsewhere',
    '`git log main..BRANCH`; keep what is missing, then `clambake cleanup`',
  ],
  'working-without-commits': [
    'an agent has changed nothing for `recovery.max_stuck_minutes`',
    '`clambake attach agent001`, or answer it: `clambake agents answer agent001`',
  ],
  'working-without-process': [
    'a ticket is in work, and its agent has no process',
    'nothing: its work is looked at, and it continues; `clambake agents diagnose 123 --fix` does it now',
  ],
  'nothing-under-way': ['nothing is being done for a ticket', '`clambake daemon restart` takes it up again'],
  'landed-not-freed': [
    'a ticket has landed, and still has its branch, worktree and claim',
    '`clambake land` tries it again, or `clambake agents diagnose 123 --fix`',
  ],
  'closed-while-claimed': ['the issue was closed while an agent had it', '`clambake agents recover agent001`'],
  'slot-held': [
    'an agent still has a ticket that needs none',
    'nothing: it is freed by itself; `clambake agents diagnose agent001 --fix` does it now',
  ],
  'pane-without-ticket': ['a program runs in a pane that no ticket has', '`clambake agents recover agent001`'],
  'left-behind': ['processes of an agent that has ended still run', '`clambake agents diagnose --fix` ends them'],
  'lock-without-owner': [
    'the landing lock is held by a daemon that did not renew its lease',
    'nothing: the next merge takes it over',
  ],
  'landing-halted': ['nothing lands in the whole repository', '`clambake land` in a terminal says why, and asks'],
}

/** Every contradiction that `clambake agents diagnose` finds. */
export function findingReference(): string {
  return table(
    ['finding', 'meaning', 'what to do'],
    Object.entries(FINDINGS).map(([pattern, [meaning, next]]) => [code(pattern), cell(meaning), cell(next)]),
  )
}
