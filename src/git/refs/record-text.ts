import {redact, redactDeep} from '../../base/redact.ts'
import {quoteMessage} from '../../model/mirror/quote.ts'

const ESCAPES: Readonly<Record<string, string>> = {'@': '\\u0040', '#': '\\u0023'}

/**
 * A record as the message of a commit: a subject line and JSON. GitHub reads the messages of whatever is pushed, so a
 * title or a reason in it holds no secret, mentions no one and refers to no issue; read as JSON it is what it was.
 */
export function recordText(subject: string, record: object): string {
  const json = JSON.stringify(redactDeep(record), null, 2).replace(/[@#]/g, sign => ESCAPES[sign]!)
  return `${quoteMessage(redact(subject.replace(/\s+/g, ' ')), null)}\n\n${json}\n`
}
