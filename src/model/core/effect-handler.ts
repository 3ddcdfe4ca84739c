import type {EffectName, EffectOf} from '../data/effects.ts'
import type {Fact} from './facts.ts'

/** Carries an effect out and returns the facts that it learned, for the decisions. */
export type EffectHandler<Name extends EffectName> = (effect: EffectOf<Name>) => Promise<readonly Fact[]>

export type EffectHandlers<Name extends EffectName = EffectName> = {[N in Name]: EffectHandler<N>}
