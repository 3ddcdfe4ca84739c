import {openMailbox} from '../dialogs/hub/mailbox.ts'
import {openMemory} from '../dialogs/hub/memory.ts'
import {hubReason} from '../hub/reason.ts'
import {ANYWHERE, type Binding} from './binding.ts'

/** Commands for what sessions of all projects do with each other. */
export const HUB = [
  {
    command: 'hub.mailbox',
    keys: ['I'],
    help: 'read and answer messages between sessions of all projects',
    group: 'work',
    where: ANYWHERE,
    needs: 'daemon',
    disabled: hubReason,
    run: context => void openMailbox(context),
  },
  {
    command: 'hub.memory',
    keys: ['K'],
    help: 'search what sessions learned, and say what no longer holds',
    group: 'work',
    where: ANYWHERE,
    needs: 'daemon',
    disabled: hubReason,
    run: context => openMemory(context),
  },
] as const satisfies readonly Binding[]
