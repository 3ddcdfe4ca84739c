import {createContext, useContext} from 'react'
import {useStore} from 'zustand'
import type {CommandId} from '../src/client/commands/bindings.ts'
import {showChord} from '../src/client/keys/chords.ts'
import type {Keymap} from '../src/client/keys/keymap.ts'
import type {ClientStore} from '../src/client/state/client-store.ts'
import type {ClientState} from '../src/client/state/state.ts'
import type {Theme} from '../src/client/text/theme.ts'

/** Everything that components may use: the state to read, the keys to name, the looks; nothing that changes the state. */
export type Screen = {store: ClientStore; keymap: Keymap; theme: Theme}

export const ScreenContext = createContext<Screen | null>(null)

function useScreen(): Screen {
  const screen = useContext(ScreenContext)
  if (screen === null) throw new Error('a component was mounted outside of <App>')
  return screen
}

/**
 * A part of the state; the component is drawn again only when the selected value changes. A selector that makes a new
 * object each time would draw forever: select parts that the store keeps, and derive while drawing.
 */
export function useSlice<T>(select: (state: ClientState) => T): T {
  return useStore(useScreen().store, select)
}

export function useTheme(): Theme {
  return useScreen().theme
}

export function useKeymap(): Keymap {
  return useScreen().keymap
}

/** Names the key of a command as this person has it, in the glyphs of this terminal: `⏎`, `^]`. */
export function useKeyName(): (command: CommandId) => string {
  const {keymap, theme} = useScreen()
  return command => {
    const chord = keymap.command(command).keys[0]
    return chord === undefined ? '' : showChord(chord, theme)
  }
}
