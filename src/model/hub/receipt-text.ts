import {isOverdue, type Mail, type Progress} from './mail.ts'

/** What became of a message, in words for its sender. */
export function receiptText(mail: Mail, {recipients, handed, begun}: Progress, now: number): string {
  if (mail.ended !== null) return 'done'
  if (now >= mail.expiresAt) return 'expired'
  const late = isOverdue(mail, now) ? ', overdue' : ''
  if (begun > 0) return `read by ${begun} of ${recipients}${late}`
  return handed > 0 ? `given to ${handed} of ${recipients}${late}` : `stored${late}`
}
