import type {DaemonLink} from '../connection/links.ts'
import {branchOrText, ticketOf} from '../detail/subjects.ts'
import type {ClientState} from '../state/state.ts'
import type {Subject} from '../state/subject.ts'
import type {CommandContext} from './binding.ts'
import {subjectInFocus} from './in-focus.ts'

/** Opens what has the focus on GitHub. */
export async function browse({store, operations, desktop}: CommandContext): Promise<void> {
  const state = store.getState()
  const subject = subjectInFocus(state)
  const url = await operations.ask('asking for the address', daemon => addressOf(daemon, state, subject))
  if (!url) return
  const opened = await desktop.open(url)
  operations.notify(
    opened
      ? {level: 'info', text: `opened ${url}`}
      : {level: 'warning', text: `no browser here for ${url}`, next: 'open it yourself; y copies the address'},
  )
}

/** Copies the branch or the text of what has the focus, or else its address. */
export async function copy({store, operations, desktop}: CommandContext): Promise<void> {
  const state = store.getState()
  const subject = subjectInFocus(state)
  const text =
    (subject && branchOrText(state, subject)) ??
    (await operations.ask('asking for the address', daemon => addressOf(daemon, state, subject)))
  if (!text) return
  const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text
  operations.notify(
    desktop.copy(text)
      ? {level: 'info', text: `copied ${shown}`}
      : {level: 'warning', text: 'too long for the clipboard of a terminal'},
  )
}

async function addressOf(
  daemon: DaemonLink,
  state: ClientState,
  subject: Subject | undefined,
): Promise<string | undefined> {
  if (subject?.kind === 'pull') return (await daemon.call('pull', {number: subject.number})).url
  const number = ticketOf(state, subject)
  return number === undefined ? undefined : (await daemon.call('issue', {number})).url
}
