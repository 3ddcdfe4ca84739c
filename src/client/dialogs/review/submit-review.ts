import {safeLine} from '../../../base/text.ts'
import {count, shortSha} from '../../../base/words.ts'
import {type AgentId, shortAgent} from '../../../model/data/ids.ts'
import type {Publish} from '../../../model/review/comments.ts'
import type {DiffOf, ReviewReader, SentReview} from '../../../protocol/daemon.ts'
import type {Binding, CommandContext} from '../../commands/binding.ts'
import type {ClientState} from '../../state/state.ts'
import {changeDialog, closeDialog, openDialog} from '../../state/update.ts'
import type {Line} from '../../text/line.ts'
import {wrapText} from '../../text/wrap.ts'
import type {DialogOf, DialogSpec} from '../dialog-spec.ts'
import {numbered} from '../lines.ts'

type SubmitDialog = DialogOf<'submit'>

/** Says what becomes of a review; nothing is sent before it is confirmed. */
export const SUBMIT: DialogSpec<SubmitDialog> = {
  context: 'submit',
  height: (dialog, width) => submitLines(dialog, width).length,
  confirm(context, dialog) {
    if (dialog.readers.length === 0 && dialog.publish === 'no') return
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

/** Keeps what was written, then asks who would get it. */
export async function openSubmit({store, operations}: CommandContext): Promise<void> {
  const open = store.getState().ui.dialogs.find(dialog => dialog.kind === 'diff')
  if (!open?.draft) return
  const {of, draft} = open
  const found = await operations.load(async daemon => {
    await daemon.call('keepReview', {of, draft})
    return daemon.call('reviewReaders', {of})
  })
  if (found.state === 'failed') return operations.notifyError(found.error)
  const {readers, unheard, outdated, head} = found.value
  const read = open.changes.state === 'ready' ? open.changes.value.head : head
  const pull = pullOf(store.getState(), of)
  const publish: Publish = readers.length === 0 && pull !== null ? 'comment' : 'no'
  const files = new Set(draft.comments.map(({path}) => path)).size
  const counted = {comments: draft.comments.length, files, outdated}
  store.apply(openDialog({kind: 'submit', of, ...counted, readers, unheard, head, read, pull, publish}))
}

/** The pull request that it can be published on; null: there is none yet. */
function pullOf({tickets}: ClientState, of: DiffOf): number | null {
  return 'pull' in of ? of.pull : (tickets.find(({number}) => number === of.ticket)?.pull ?? null)
}

function noPull({ui}: ClientState): string | null {
  const dialog = ui.dialogs.at(-1)
  return dialog?.kind === 'submit' && dialog.pull === null ? 'it has no pull request yet' : null
}

export function submitLines(dialog: SubmitDialog, width: number): Line[] {
  const {comments, files, outdated, readers, unheard, head, read, pull, publish} = dialog
  const told =
    readers.length > 1 || unheard > 0 ? readers.map(toldOne) : readers.map(({agent, how}) => toldAll(agent, how))
  const none =
    readers.length === 0
      ? ['no agent of this Clambake works on it, so none gets the review']
      : unheard > 0
        ? [`no agent gets ${count(unheard, 'comment')}: that work is over`]
        : []
  const verdict = publish === 'changes' ? 'one review that requests changes' : 'one review with comments'
  const published =
    publish === 'no'
      ? pull === null
        ? 'nothing is published: there is no pull request yet'
        : `nothing is published on #${pull}`
      : `${verdict} is published on #${pull}`
  return [
    ...wrapText(`${count(comments, 'comment')} in ${count(files, 'file')}`, width, {bold: true}),
    ...(head === read
      ? []
      : wrapText(`the work has moved since you opened it, from ${shortSha(read)} to ${shortSha(head)}`, width, {
          tone: 'attention',
        })),
    ...(outdated > 0
      ? wrapText(`${count(outdated, 'comment')} on lines that have changed since`, width, {tone: 'attention'})
      : []),
    [],
    ...numbered(
      [
        ...told,
        ...none,
        published,
        ...(publish === 'no' && readers.length === 0 ? [] : ['the draft is gone after that']),
      ],
      width,
    ),
  ]
}

function toldAll(agent: AgentId, how: ReviewReader['how']): string {
  return how === 'told'
    ? `${shortAgent(agent)} gets all of them as its next prompt, at the end of its turn`
    : `the work goes back to ${shortAgent(agent)}, or another free agent, in its kept conversation`
}

/** One of the tickets of a bundle, which leaves it. */
function toldOne({ticket, agent, how, comments}: ReviewReader): string {
  const what = count(comments, 'comment')
  return how === 'told'
    ? `#${ticket}: ${shortAgent(agent)} gets ${what} at the end of its turn`
    : `#${ticket}: goes back to ${shortAgent(agent)}, or another free agent, with ${what}`
}

async function submit(context: CommandContext, {of, publish, head, readers: shown}: SubmitDialog): Promise<void> {
  const {store, operations} = context
  const open = store.getState().ui.dialogs.find(dialog => dialog.kind === 'diff')
  if (!open?.draft) return
  const {draft} = open
  const sent = await operations.ask('sending the review', async daemon => {
    await daemon.call('keepReview', {of, draft})
    const readers = shown.map(({ticket, claim}) => ({ticket, claim}))
    return daemon.call('submitReview', {of, id: draft.id, publish, head, readers})
  })
  if (!sent) return
  const fresh = await operations.load(daemon => daemon.call('reviewDraft', {of}))
  store.apply(
    changeDialog('diff', dialog => ({...dialog, draft: fresh.state === 'ready' ? fresh.value : null, row: 0, top: 0})),
  )
  operations.notify({level: 'info', text: sentText(sent)})
}

function sentText({comments, agents, published}: SentReview): string {
  return [
    `${count(comments, 'comment')} sent`,
    ...agents.map(({agent, how}) => {
      const then = how === 'told' ? 'reads it at the end of its turn' : 'starts on it again'
      return `${shortAgent(agent)} ${then}`
    }),
    ...(published === null ? [] : [`published: ${safeLine(published.url)}`]),
    ...(published !== null && published.inBody > 0 ? [`${published.inBody} in its text, beside the diff`] : []),
  ].join(' · ')
}
