import {createHash} from 'node:crypto'

/** A commit's name from any words, so that tests can write `shaOf('the repair')`. */
export function shaOf(word: string): string {
  return createHash('sha1').update(word).digest('hex')
}
