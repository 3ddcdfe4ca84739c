import {safeLine} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import {shortAgent} from '../../model/data/ids.ts'
import type {Publish} from '../../model/review/comments.ts'
import type {DiffOf, SentReview} from '../../protocol/daemon.ts'
import type {Binding, CommandContext} from '../commands/binding.ts'
import type {ClientState} from '../state/state.ts'
import {changeDialog, closeDialog, openDialog} from '../state/update.ts'
import type {Line} from '../text/line.ts'
import {wrapText} from '../text/wrap.ts'
import type {DialogOf, DialogSpec} from './dialog-spec.ts'
import {numbered} from './lines.ts'

type SubmitDialog = DialogOf<'submit'>

/** Says what becomes of a review; nothing is sent before it is confirmed. */
export const SUBMIT: DialogSpec<SubmitDialog> = {
  context: 'submit',
  height: (dialog, width) => submitLines(dialog, width).length,
  confirm(context, dialog) {
    if (dialog.agent === null && dialog.publish === 'no') return
    context.store.apply(closeDialog)
    void submit(context, dialog)
  },
}

export const SUBMIT_KEYS = [
  {
    command: 'submit.publish',
    keys: ['p'],
    help: 'publish the review on GitHub too, or not',
    group: 'dialog',
    where: ['submit'],
    disabled: noPull,
    run: ({store}) =>
      store.apply(changeDialog('submit', open => ({...open, publish: open.publish === 'no' ? 'comment' : 'no'}))),
  },
  {
    command: 'submit.verdict',
    keys: ['r'],
    help: 'publish it as one that requests changes, or as comments',
    group: 'dialog',
    where: ['submit'],
    disabled: noPull,
    run: ({store}) =>
      store.apply(
        changeDialog('submit', open => ({...open, publish: open.publish === 'changes' ? 'comment' : 'changes'})),
      ),
  },
] as const satisfies readonly Binding[]

export function openSubmit({store}: CommandContext): void {
  const state = store.getState()
  const open = state.ui.dialogs.find(dialog => dialog.kind === 'diff')
  if (!open?.draft) return
  const {of, draft} = open
  const {agent, how, pull} = destination(state, of)
  const publish: Publish = agent === null && pull !== null ? 'comment' : 'no'
  const files = new Set(draft.comments.map(({path}) => path)).size
  const outdated = draft.comments.filter(comment => comment.outdated).length
  store.apply(
    openDialog({kind: 'submit', of, comments: draft.comments.length, files, outdated, agent, how, pull, publish}),
  )
}

/** Who gets the review: the agent of this daemon that has the work, and the pull request. */
function destination({tickets, pulls}: ClientState, of: DiffOf): Pick<SubmitDialog, 'agent' | 'how' | 'pull'> {
  const number = 'ticket' in of ? of.ticket : pulls.find(row => row.number === of.pull)?.ticket
  const row = tickets.find(ticket => ticket.number === number)
  const pull = 'pull' in of ? of.pull : (row?.pull ?? null)
  const isOurs = row?.agent != null && row.foreignOwner === null
  if (!isOurs || !['claimed', 'working', 'review', 'blocked'].includes(row.phase)) {
    return {agent: null, how: 'told', pull}
  }
  return {agent: row.agent, how: row.phase === 'claimed' || row.phase === 'working' ? 'told' : 'sent back', pull}
}

function noPull({ui}: ClientState): string | null {
  const dialog = ui.dialogs.at(-1)
  return dialog?.kind === 'submit' && dialog.pull === null ? 'it has no pull request yet' : null
}

export function submitLines(dialog: SubmitDialog, width: number): Line[] {
  const {comments, files, outdated, agent, how, pull, publish} = dialog
  const told =
    agent === null
      ? 'no agent of this Clambake has this work: none hears'
      : how === 'told'
        ? `${shortAgent(agent)} gets all of them as its next prompt, at the end of its turn`
        : `the work goes back to ${shortAgent(agent)}, or another free agent, in its kept conversation`
  const verdict = publish === 'changes' ? 'one review that requests changes' : 'one review with comments'
  const published =
    publish === 'no'
      ? pull === null
        ? 'nothing is published: there is no pull request yet'
        : `nothing is published on #${pull}`
      : `${verdict} is published on #${pull}`
  return [
    ...wrapText(`${count(comments, 'comment')} in ${count(files, 'file')}`, width, {bold: true}),
    ...(outdated > 0
      ? wrapText(`${count(outdated, 'comment')} on lines that have changed since`, width, {tone: 'attention'})
      : []),
    [],
    ...numbered(
      [told, published, ...(publish === 'no' && agent === null ? [] : ['the draft is gone after that'])],
      width,
    ),
  ]
}

async function submit(context: CommandContext, {of, publish}: SubmitDialog): Promise<void> {
  const {store, operations} = context
  const open = store.getState().ui.dialogs.find(dialog => dialog.kind === 'diff')
  if (!open?.draft) return
  const {draft} = open
  const sent = await operations.ask('sending the review', async daemon => {
    await daemon.call('keepReview', {of, draft})
    return daemon.call('submitReview', {of, id: draft.id, publish})
  })
  if (!sent) return
  const fresh = await operations.load(daemon => daemon.call('reviewDraft', {of}))
  store.apply(
    changeDialog('diff', dialog => ({...dialog, draft: fresh.state === 'ready' ? fresh.value : null, row: 0, top: 0})),
  )
  operations.notify({level: 'info', text: sentText(sent)})
}

function sentText({comments, agent, published}: SentReview): string {
  const how = agent?.how === 'told' ? 'reads it at the end of its turn' : 'starts on it again'
  return [
    `${count(comments, 'comment')} sent`,
    ...(agent === null ? [] : [`${agent.name} ${how}`]),
    ...(published === null ? [] : [`published: ${safeLine(published.url)}`]),
    ...(published !== null && published.inBody > 0 ? [`${published.inBody} in its text, beside the diff`] : []),
  ].join(' · ')
}
