import type {EffectName, EffectOf} from '../data/effects.ts'
import type {Fact} from './facts.ts'

/** What carries an effect out; the facts that it found out go back into the decisions. */
export type EffectHandler<Name extends EffectName> = (effect: EffectOf<Name>) => Promise<readonly Fact[]>

export type EffectHandlers<Name extends EffectName = EffectName> = {[N in Name]: EffectHandler<N>}
