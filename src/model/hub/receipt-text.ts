import {isOverdue, type Mail, type Progress} from './mail.ts'

/** What became of a message at those whom it was sent to: the last receipt that any of them gave. */
export function receiptText({recipients, handed, begun}: Progress): string {
  if (begun > 0) return `read by ${begun} of ${recipients}`
  if (handed > 0) return `given to ${handed} of ${recipients}`
  return recipients === 0 ? 'stored' : `stored, for ${recipients}`
}

/** The same on one line with whether the message has ended, or waits for longer than its sender wanted. */
export function outcomeText(mail: Mail, progress: Progress, now: number): string {
  if (mail.ended !== null) return 'done'
  // Mail for an agent's work that ended; others may be read while they are of no use any more.
  if (now >= mail.expiresAt) return mail.claim !== undefined && progress.begun === 0 ? 'never read' : 'expired'
  return `${receiptText(progress)}${isOverdue(mail, now) ? ', overdue' : ''}`
}
