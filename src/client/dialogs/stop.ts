import {safeLine} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import {shortAgent} from '../../model/data/ids.ts'
import {meantBy} from '../../model/hub/meant.ts'
import type {DiffText} from '../../protocol/daemon.ts'
import type {CommandContext} from '../commands/binding.ts'
import {agentsMeant} from '../commands/in-focus.ts'
import type {Loaded} from '../state/dialog.ts'
import {changeDialog, closeDialog, marksCleared, openDialog} from '../state/update.ts'
import type {Line} from '../text/line.ts'
import {wrapLine} from '../text/wrap.ts'
import type {DialogOf, DialogSpec} from './dialog-spec.ts'
import {numbered} from './lines.ts'

/** Asks before agents' processes are ended. */
export const STOP: DialogSpec<DialogOf<'stop'>> = {
  context: 'dialog',
  height: (dialog, width) => stopLines(dialog, width).length,
  loaded: ({work}) => work,
  confirm(context, dialog) {
    context.store.apply(closeDialog)
    context.store.apply(marksCleared('issues'))
    const all = [dialog, ...(dialog.also ?? [])]
    for (const row of all) void stop(context, row)
  },
}

export async function openStop({store, operations, now}: CommandContext): Promise<void> {
  const [row, ...others] = agentsMeant(store.getState())
  if (!row) return
  const {agent, ticket, claim, title} = row
  const also = others.map(({agent, ticket, claim, title}) => ({agent, ticket, claim, title}))
  const loading = ticket === null ? null : ({state: 'loading', since: now()} as const)
  store.apply(openDialog({kind: 'stop', agent, ticket, claim, title, work: loading, also}))
  if (ticket === null) return
  const work = await operations.load(daemon => daemon.call('diff', {ticket}))
  store.apply(changeDialog('stop', dialog => (dialog.ticket === ticket ? {...dialog, work} : dialog)))
}

/** Stops an agent on the ticket that was shown; one that has another by now continues. */
async function stop(
  {operations}: CommandContext,
  row: Pick<DialogOf<'stop'>, 'agent' | 'ticket' | 'claim'>,
): Promise<void> {
  const {agent} = row
  const name = shortAgent(agent)
  const stopped = await operations.ask(`stopping ${name}`, daemon => daemon.call('stopAgent', {agent, ...meantBy(row)}))
  if (!stopped) return
  operations.notify({
    level: 'info',
    text: `${name} stopped`,
    kept: stopped.saved === null ? 'nothing was left to save' : `its work is saved in ${stopped.saved}`,
  })
}

/** The steps of stopping agents. */
export function stopLines(dialog: DialogOf<'stop'>, width: number): Line[] {
  return endingLines(dialog, ['its worktree, branch and claim stay'], width)
}

/** The tickets whose agents end, and the steps: its work is saved, it is ended, and then the `rest`. */
export function endingLines(
  {
    ticket,
    title,
    work,
    also = [],
  }: Pick<DialogOf<'stop'>, 'ticket' | 'title' | 'work'> & {
    also?: readonly Pick<DialogOf<'stop'>, 'ticket' | 'title'>[]
  },
  rest: readonly string[],
  width: number,
): Line[] {
  const subject = [{ticket, title}, ...also].flatMap(({ticket, title}): Line[] =>
    ticket === null
      ? [[{text: 'it has no ticket'}]]
      : wrapLine([{text: `#${ticket} `, tone: 'accent'}, {text: safeLine(title ?? '')}], width),
  )
  const steps = [
    `its commits and changed files are saved in a rescue ref${also.length === 0 ? savedNow(work) : ''}; if that fails, it is not stopped`,
    'its process and all that it started are ended',
    ...rest,
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
