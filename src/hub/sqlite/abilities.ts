import {DatabaseSync} from 'node:sqlite'
import {messageOf} from '../../base/errors.ts'

/** What the SQLite of this Node can do beside the basics; text: why it cannot. */
export type Abilities = {fullText: true | string; extensions: true | string}

/** Tries full text and the loading of extensions, without which search falls back or is left out. */
export function probeAbilities(): Abilities {
  return {
    fullText: tried(() => {
      using database = new DatabaseSync(':memory:')
      database.exec('create virtual table probe using fts5(body)')
    }),
    extensions: tried(() => {
      using database = new DatabaseSync(':memory:', {allowExtension: true})
      database.enableLoadExtension(true)
    }),
  }
}

function tried(attempt: () => void): true | string {
  try {
    attempt()
    return true
  } catch (error) {
    return messageOf(error)
  }
}
