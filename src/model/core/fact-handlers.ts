import type {Draft} from './draft.ts'
import type {FactOf, FactType} from './facts.ts'

/** What each fact changes in the draft. A wing exports the handlers of all its own facts. */
export type FactHandlers<Type extends FactType = FactType> = {
  readonly [T in Type]: (draft: Draft, fact: FactOf<T>) => void
}
