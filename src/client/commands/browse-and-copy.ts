import type {DaemonLink} from '../connection/links.ts'
import type {Operations} from '../connection/operations.ts'
import type {ClientState} from '../state/state.ts'
import type {ClientStore} from '../state/store.ts'
import type {Subject} from '../state/subject.ts'
import type {CommandId} from './bindings.ts'
import {subjectInFocus, ticketOf} from './in-focus.ts'

/** What only the machine in front of the person can do. */
export type Desktop = {
  /** Opens an address in the browser; false: there is no desktop here, or it refused. */
  open(url: string): Promise<boolean>
  /** Puts text into the clipboard through the terminal; false: it is too long for that. */
  copy(text: string): boolean
}

/** Opens on GitHub and copies what commands mean now. */
export function createDesktopCommands(context: {
  store: ClientStore
  operations: Operations
  desktop: Desktop
}): Record<Extract<CommandId, 'row.browse' | 'row.copy'>, () => void> {
  const {store, operations, desktop} = context

  async function browse(): Promise<void> {
    const state = store.getState()
    const subject = subjectInFocus(state)
    const url = await operations.ask('asking for the address', daemon => addressOf(daemon, state, subject))
    if (!url) return
    const opened = await desktop.open(url)
    operations.tell(
      opened
        ? {level: 'info', text: `opened ${url}`}
        : {level: 'warning', text: `no browser here for ${url}`, next: 'open it yourself; y copies the address'},
    )
  }

  async function copy(): Promise<void> {
    const state = store.getState()
    const subject = subjectInFocus(state)
    const text =
      plainTextOf(state, subject) ??
      (await operations.ask('asking for the address', daemon => addressOf(daemon, state, subject)))
    if (!text) return
    const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text
    operations.tell(
      desktop.copy(text)
        ? {level: 'info', text: `copied ${shown}`}
        : {level: 'warning', text: 'too long for the clipboard of a terminal'},
    )
  }

  return {'row.browse': () => void browse(), 'row.copy': () => void copy()}
}

/** What is copied as it stands: an agent's or a conflict's branch, an event's sentence; undefined: an address is. */
function plainTextOf(state: ClientState, subject: Subject | undefined): string | undefined {
  switch (subject?.kind) {
    case 'conflict':
      return subject.conflict.branch
    case 'event':
      return subject.event.message
    case 'agent': {
      const ticket = ticketOf(state, subject)
      return state.tickets.find(row => row.number === ticket)?.branch ?? subject.agent
    }
    default:
      return undefined
  }
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
