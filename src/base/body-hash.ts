import {createHash} from 'node:crypto'

/** Hashes the text that was approved for an agent to read, so that a later edit is noticed. */
export function bodyHash({title, body}: {title: string; body: string}): string {
  return createHash('sha256').update(`${title}\n${body}`).digest('hex')
}
