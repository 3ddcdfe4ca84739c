import {ClambakeError} from '../../base/errors.ts'
import {tellConflict} from '../agents/tell-conflict.ts'
import type {ApiParts, Handlers} from './parts.ts'

/** The methods about what does not merge. */
export function conflictsApi({engine, messages, hunks, caller}: ApiParts): Handlers<'hunks' | 'tellConflict'> {
  return {
    hunks: async pair => ({hunks: await hunks(pair)}),

    async tellConflict({one, other}) {
      const {conflicts} = engine.state().radar
      const conflict = conflicts.find(seen => seen.one.key === one && (seen.other?.key ?? null) === other)
      if (!conflict) {
        throw new ClambakeError({
          code: 'no-conflict',
          message: `${one} and ${other ?? 'main'} do not conflict any more`,
          next: 'clambake conflicts lists those that do',
        })
      }
      return {agents: await tellConflict(messages, conflict, caller)}
    },
  }
}
