import {count} from '../../base/words.ts'
import type {AgentId} from '../../model/data/ids.ts'
import {type Meant, meantBy} from '../../model/hub/meant.ts'
import type {CommandContext} from '../commands/binding.ts'
import {issuesMeant} from '../commands/claim.ts'
import type {ClientState} from '../state/state.ts'
import {changeDialog, closeDialog, marksCleared, openDialog} from '../state/update.ts'
import type {Line} from '../text/line.ts'
import type {DialogOf, DialogSpec} from './dialog-spec.ts'
import {endingLines} from './stop.ts'

/** Asks before tickets are released, which ends their agents. */
export const RESET: DialogSpec<DialogOf<'reset'>> = {
  context: 'dialog',
  height: (dialog, width) => resetLines(dialog, width).length,
  loaded: ({work}) => work,
  confirm(context, dialog) {
    context.store.apply(closeDialog)
    context.store.apply(marksCleared('issues'))
    void reset(context, [dialog, ...dialog.also])
  },
}

/** Asks before the marked issues, or the one in focus, are released. */
export async function openReset({store, operations, now}: CommandContext): Promise<void> {
  const [first, ...also] = resetsMeant(store.getState())
  if (!first) return
  const loading = {state: 'loading', since: now()} as const
  store.apply(openDialog({kind: 'reset', ...first, work: loading, also}))
  const work = await operations.load(daemon => daemon.call('diff', {ticket: first.ticket}))
  store.apply(changeDialog('reset', dialog => (dialog.ticket === first.ticket ? {...dialog, work} : dialog)))
}

/** What a reset is meant for: the marked issues that an agent has or had, or the one in focus. */
export function resetsMeant(state: ClientState): (Meant & {agent: AgentId; title: string})[] {
  return issuesMeant(state).flatMap(({agent, number, claim, title, phase}) =>
    agent === null || phase === 'merged' ? [] : {agent, ticket: number, claim, title},
  )
}

/** Resets one after the other, as one step for undo, and says in one message what was kept. */
async function reset({operations, now}: CommandContext, all: readonly (Meant & {agent: AgentId})[]) {
  const group = `screen-${now()}`
  const saved: string[] = []
  let done = 0
  for (const row of all) {
    const report = await operations.ask(`resetting #${row.ticket}`, daemon =>
      daemon.call('reset', {agent: row.agent, ...meantBy(row), group}),
    )
    if (report) done++
    if (report?.saved) saved.push(report.saved)
  }
  if (done === 0) return
  operations.notify({
    level: 'info',
    text: `${count(done, 'issue')} released`,
    kept: saved.length === 0 ? 'nothing was left to save' : `the work in ${saved.join(', ')}`,
    next: 'u takes it back',
  })
}

/** The steps of resetting tickets. */
export function resetLines(dialog: DialogOf<'reset'>, width: number): Line[] {
  const rest = [
    'its open pull request is closed, and its pushed branch kept in a rescue ref',
    'its worktree, branch and claim go, and the issue is ready again; u takes all of it back',
  ]
  return endingLines(dialog, rest, width)
}
