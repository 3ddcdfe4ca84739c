import {safeLine} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import {type AgentId, shortAgent} from '../../model/data/ids.ts'
import type {DiffText} from '../../protocol/daemon.ts'
import type {CommandContext} from '../commands/binding.ts'
import {issuesMeant} from '../commands/claim.ts'
import {agentsMeant} from '../commands/in-focus.ts'
import type {Loaded} from '../state/dialog.ts'
import type {ClientState} from '../state/state.ts'
import {changeDialog, closeDialog, marksCleared, openDialog} from '../state/update.ts'
import type {Line} from '../text/line.ts'
import {wrapLine} from '../text/wrap.ts'
import type {DialogOf, DialogSpec} from './dialog-spec.ts'
import {numbered} from './lines.ts'

/** Asks before an agent's process is ended, or its ticket is released. */
export const STOP: DialogSpec<DialogOf<'stop'>> = {
  context: 'dialog',
  height: (dialog, width) => stopLines(dialog, width).length,
  loaded: ({work}) => work,
  confirm(context, dialog) {
    context.store.apply(closeDialog)
    context.store.apply(marksCleared('issues'))
    const all = [dialog, ...(dialog.also ?? [])]
    if (dialog.reset) void reset(context, all)
    else for (const {agent} of all) void stop(context, agent)
  },
}

export async function openStop({store, operations, now}: CommandContext): Promise<void> {
  const [row, ...others] = agentsMeant(store.getState())
  if (!row) return
  const {agent, ticket, title} = row
  const also = others.map(({agent, ticket, title}) => ({agent, ticket, title}))
  const loading = ticket === null ? null : ({state: 'loading', since: now()} as const)
  store.apply(openDialog({kind: 'stop', agent, ticket, title, work: loading, also}))
  if (ticket === null) return
  const work = await operations.load(daemon => daemon.call('diff', {ticket}))
  store.apply(changeDialog('stop', dialog => (dialog.ticket === ticket ? {...dialog, work} : dialog)))
}

async function stop({operations}: CommandContext, agent: AgentId): Promise<void> {
  const name = shortAgent(agent)
  const stopped = await operations.ask(`stopping ${name}`, daemon => daemon.call('stopAgent', {agent}))
  if (!stopped) return
  operations.notify({
    level: 'info',
    text: `${name} stopped`,
    kept: stopped.saved === null ? 'nothing was left to save' : `its work is saved in ${stopped.saved}`,
  })
}

/** Asks before the marked issues, or the one in focus, are released. */
export async function openReset({store, operations, now}: CommandContext): Promise<void> {
  const [first, ...also] = resetsMeant(store.getState())
  if (!first) return
  const loading = {state: 'loading', since: now()} as const
  store.apply(openDialog({kind: 'stop', reset: true, ...first, work: loading, also}))
  const work = await operations.load(daemon => daemon.call('diff', {ticket: first.ticket}))
  store.apply(changeDialog('stop', dialog => (dialog.ticket === first.ticket ? {...dialog, work} : dialog)))
}

/** What a reset is meant for: the marked issues that an agent has or had, or the one in focus. */
export function resetsMeant(state: ClientState): {agent: AgentId; ticket: number; title: string}[] {
  return issuesMeant(state).flatMap(({agent, number, title, phase}) =>
    agent === null || phase === 'merged' ? [] : {agent, ticket: number, title},
  )
}

/** Resets one after the other, as one step for undo, and says in one message what was kept. */
async function reset({operations, now}: CommandContext, all: readonly {agent: AgentId; ticket: number | null}[]) {
  const group = `screen-${now()}`
  const saved: string[] = []
  let done = 0
  for (const {agent, ticket} of all) {
    if (ticket === null) continue
    const report = await operations.ask(`resetting #${ticket}`, daemon =>
      daemon.call('reset', {agent, issue: ticket, group}),
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

/** The steps of stopping or resetting an agent. */
export function stopLines({ticket, title, work, reset: isReset, also = []}: DialogOf<'stop'>, width: number): Line[] {
  const subject = [{ticket, title}, ...also].flatMap(({ticket, title}): Line[] =>
    ticket === null
      ? [[{text: 'it has no ticket'}]]
      : wrapLine([{text: `#${ticket} `, tone: 'accent'}, {text: safeLine(title ?? '')}], width),
  )
  const steps = [
    `its commits and changed files are saved in a rescue ref${also.length === 0 ? savedNow(work) : ''}; if that fails, it is not stopped`,
    'its process and all that it started are ended',
    ...(isReset
      ? [
          'its open pull request is closed, and its pushed branch kept in a rescue ref',
          'its worktree, branch and claim go, and the issue is ready again; u takes all of it back',
        ]
      : ['its worktree, branch and claim stay']),
  ]
  return [...subject, [], ...numbered(steps, width)]
}

/** The size of the branch's changes; empty while it is not known: they are saved anyway. */
function savedNow(work: Loaded<DiffText> | null): string {
  if (work?.state !== 'ready') return ''
  const {files} = work.value
  const sum = (of: 'added' | 'removed') => files.reduce((total, file) => total + file[of], 0)
  return `: ${count(files.length, 'file')} changed against main, +${sum('added')} -${sum('removed')}`
}
