import type {KeyContext} from '../src/client/commands/binding.ts'
import {disabledReason} from '../src/client/commands/binding.ts'
import {contextOf} from '../src/client/commands/key-context.ts'
import type {BoundCommand} from '../src/client/keys/keymap.ts'
import {useKeymap, useSlice} from './useClient.ts'

export type FooterKey = {bound: BoundCommand; enabled: boolean}

/** The keys worth naming where the focus is, in the keymap's order. */
export function useFooterKeys(): {context: KeyContext; keys: readonly FooterKey[]} {
  const keymap = useKeymap()
  const context = useSlice(contextOf)
  const named = keymap.commands.filter(
    ({short, keys, where}) => short !== undefined && keys.length > 0 && where.includes(context),
  )
  // One string instead of an array, so that nothing is drawn again while no key changes between able and unable.
  const unable = useSlice(state =>
    named.map(bound => (disabledReason(bound, state) === null ? '' : bound.command)).join(' '),
  )
  const disabled = new Set(unable.split(' '))
  return {context, keys: named.map(bound => ({bound, enabled: !disabled.has(bound.command)}))}
}
