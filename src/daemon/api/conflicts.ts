import {ClambakeError} from '../../base/errors.ts'
import {conflictSides} from '../../model/radar/conflict.ts'
import {tellConflict} from '../agents/tell-conflict.ts'
import type {ApiParts, Handlers} from './parts.ts'

/** The methods about what does not merge. */
export function conflictsApi({engine, messages, hunks, caller}: ApiParts): Handlers<'hunks' | 'tellConflict'> {
  return {
    hunks,

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
      const agents = await tellConflict(messages, conflict, caller)
      if (agents.length > 0) return {agents}
      throw new ClambakeError({
        code: 'no-ticket',
        message: `No agent works on ${conflictSides(conflict)} now`,
        kept: 'no message was sent',
        next: 'wait: work that does not merge goes back to its agent by itself',
      })
    },
  }
}
