import {safeLine} from '../../../base/text.ts'
import type {MailRow} from '../../../protocol/daemon.ts'
import type {CommandContext} from '../../commands/binding.ts'
import {closeDialog} from '../../state/update.ts'
import type {Line} from '../../text/line.ts'
import {wrapText} from '../../text/wrap.ts'
import type {DialogOf, DialogSpec} from '../dialog-spec.ts'
import {numbered} from '../lines.ts'
import {loadMailbox} from './mailbox-load.ts'

/** Asks before a blocker or a request is ended. */
export const END_MAIL: DialogSpec<DialogOf<'end-mail'>> = {
  context: 'dialog',
  height: ({mail}, width) => endLines(mail, width).length,
  confirm(context, {mail}) {
    context.store.apply(closeDialog)
    void end(context, mail)
  },
}

/** What is ended, and what that does. */
export function endLines(mail: MailRow, width: number): Line[] {
  const {kind, mine, text, resource} = mail
  const from = safeLine(mail.from)
  const steps =
    kind === 'blocker'
      ? [
          `${safeLine(resource ?? '')} is free: tool calls of others are no longer refused for it`,
          mine ? 'all whom it was sent to read of that' : `${from} and all whom it was sent to read of that`,
          ...(mine ? [] : [`${from} may still be at it: ask first, if you do not know`]),
        ]
      : ['it is no longer shown as overdue', `${mine ? 'all whom it was sent to' : from} will read that it was ended`]
  return [...wrapText(safeLine(text), width), [], ...numbered(steps, width)]
}

async function end(context: CommandContext, {id, kind, to, mine, from, instance}: MailRow): Promise<void> {
  const {operations} = context
  // Who waits behind a blocker hears of its end; of a request's, the one that asked.
  const address = kind === 'blocker' || mine ? to : (instance ?? from)
  const ended = await operations.ask('ending the message', daemon =>
    daemon.call('post', {to: address, kind: 'done', text: 'ended by hand', answers: id}),
  )
  if (!ended) return
  operations.notify({level: 'info', text: `the ${kind} of ${mine ? 'yours' : safeLine(from)} has ended`})
  await loadMailbox(context)
}
