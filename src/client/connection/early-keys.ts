import type {KeyContext} from '../commands/binding.ts'
import {contextOf} from '../commands/key-context.ts'
import {chordOf, showChord} from '../keys/chords.ts'
import type {Keymap} from '../keys/keymap.ts'
import type {ClientStore} from '../state/client-store.ts'
import type {ClientState} from '../state/state.ts'
import type {Key} from '../state/types.ts'
import {earlyKeysAre} from '../state/update.ts'
import type {Message} from './operations.ts'

/** No one presses more keys than this on purpose before the first state. */
const MAX_EARLY = 50
/** What these do needs no state, so they are done at once. */
const AT_ONCE = [
  'app.quit',
  'app.help',
  'app.notices',
  'app.palette',
  'app.welcome',
  'repository.next',
  'repository.previous',
]

type EarlyKeys = Disposable & {
  /** Takes a key that must wait; false: it is to be pressed now. */
  take(key: Key): boolean
}

/**
 * Keeps keys that are pressed before the daemon has read GitHub, and presses them once it has. Keys after one that opened
 * a dialog or an agent's terminal are dropped, as they were not pressed in sight of it.
 */
export function createEarlyKeys(parts: {
  store: ClientStore
  keymap: Keymap
  press: (key: Key) => void
  notify: (message: Message) => void
}): EarlyKeys {
  const {store, keymap, press, notify} = parts
  let kept: Key[] = []

  function keep(keys: Key[]): void {
    kept = keys
    store.apply(earlyKeysAre(keys.map(key => showChord(chordOf(key) ?? key.text, {ascii: false}))))
  }

  function pressAll(): void {
    const keys = kept
    keep([])
    const at = contextOf(store.getState())
    for (const [index, key] of keys.entries()) {
      if (hasLeft(at, contextOf(store.getState()))) {
        notify({level: 'info', text: `${keys.length - index} of the keys pressed before were dropped: look first`})
        return
      }
      press(key)
    }
  }

  const unsubscribe = store.subscribe(state => {
    if (kept.length === 0) return
    if (state.link.state === 'failed') keep([])
    else if (!isEarly(state)) pressAll()
  })

  return {
    take(key) {
      const state = store.getState()
      const context = contextOf(state)
      if (!isEarly(state) || (context !== 'panel' && context !== 'pane')) return false
      const command = keymap.find(context, key)
      if (command === 'app.back') {
        keep([])
        return false
      }
      if (command === undefined || AT_ONCE.includes(command)) return false
      keep([...kept, key].slice(0, MAX_EARLY))
      return true
    },
    [Symbol.dispose]: unsubscribe,
  }
}

/** Whether nothing is there yet that keys could be about, and it is on its way. */
function isEarly({header, link, tickets, agents}: ClientState): boolean {
  if (link.state === 'failed') return false
  if (header === null || link.state === 'connecting') return true
  const isEmpty = tickets.length === 0 && agents.every(({pane}) => pane === null)
  return header.main === null && isEmpty && header.troubles.length === 0 && link.state === 'connected'
}

/** A dialog or a program has the keyboard now; a filter that is typed is meant. */
function hasLeft(before: KeyContext, now: KeyContext): boolean {
  return now !== before && now !== 'panel' && now !== 'pane' && now !== 'text'
}
