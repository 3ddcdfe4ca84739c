import {createHash} from 'node:crypto'

/** Hash of what was approved for an agent to read; an edit afterwards gives another one. */
export function bodyHash({title, body}: {title: string; body: string}): string {
  return createHash('sha256').update(`${title}\n${body}`).digest('hex')
}
