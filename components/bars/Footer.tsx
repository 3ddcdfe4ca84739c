import {useKeyName, useSlice, useTheme} from '../../hooks/useClient.ts'
import {type FooterKey, useFooterKeys} from '../../hooks/useFooterKeys.ts'
import {LONG_WAIT_MS, useIsLonger} from '../../hooks/useNow.ts'
import type {KeyContext} from '../../src/client/commands/binding.ts'
import type {CommandId} from '../../src/client/commands/bindings.ts'
import {showChord} from '../../src/client/keys/chords.ts'
import {agentOfPane} from '../../src/client/panes/panes.ts'
import type {Rect} from '../../src/client/state/types.ts'
import {keysThatFit} from '../../src/client/text/keys-that-fit.ts'
import {type Line, splitLine} from '../../src/client/text/line.ts'
import {shortAgent} from '../../src/model/data/ids.ts'
import {fieldLine} from '../elements/fieldLine.ts'
import {Lines} from '../elements/Lines.tsx'
import {Place} from '../elements/Place.tsx'
import {PendingLine} from './PendingLine.tsx'
import {ToastLine} from './ToastLine.tsx'

/** Always named, however narrow the screen. */
const ALWAYS = new Set(['app.help', 'app.quit', 'agent.detach'])

/** The answer of an agent that asks is what the person is there for. */
function isAlways({bound, enabled}: FooterKey): boolean {
  return ALWAYS.has(bound.command) || (bound.command === 'agent.answer' && enabled)
}

/**
 * The keys of the focused place, the newest message in their place, or the filter while it is typed; at the right what
 * is waited for.
 */
export function Footer({rect}: {rect: Rect}) {
  const theme = useTheme()
  const keyName = useKeyName()
  const {context, keys} = useFooterKeys()
  const filter = useSlice(({ui}) => (ui.filtering === null ? null : ui.filters[ui.filtering]))
  const since = useSlice(state => state.ui.pending[0]?.since ?? null)
  const pending = since !== null
  const long = useIsLonger(since ?? 0, LONG_WAIT_MS)
  const typingTo = useSlice(({ui, agents}) =>
    ui.focus.place === 'pane' && ui.focus.attached ? (agentOfPane(agents, ui.focus.pane)?.agent ?? null) : null,
  )
  const width = Math.max(0, rect.width - (pending ? (long ? LONG_PENDING_WIDTH : PENDING_WIDTH) : 0))
  const shown = (key: FooterKey): Line => {
    const chord = key.bound.keys[0]!
    return [
      {text: ` ${showChord(chord, theme)}`, tone: key.enabled ? 'accent' : 'muted'},
      {text: ` ${key.bound.short} `, tone: key.enabled ? 'text' : 'muted'},
    ]
  }
  const line: Line =
    context === 'text' && filter !== null
      ? [...fieldLine(' /', filter, Math.floor(width / 2)), ...typingKeys(keyName)]
      : keysThatFit(keys, {draw: shown, isAlways, width})
  const early = useSlice(({ui}) => ui.early.join(' '))
  const toast = useSlice(({ui}) => ui.toasts.at(-1) ?? null)
  if (toast !== null && filter === null) {
    const meanwhile = keys.filter(({bound}) => bound.command === 'agent.detach')
    const room = pending && rect.width >= WIDE ? width : rect.width
    return (
      <Place rect={rect}>
        <ToastLine toast={toast} width={room} keys={[...meanwhile.flatMap(shown), ...dismissKey(context, keyName)]} />
        {room < rect.width ? <PendingLine rect={{row: 0, col: room, width: rect.width - room, height: 1}} /> : null}
      </Place>
    )
  }
  const talk: Line =
    typingTo !== null
      ? [{text: `keys go to ${shortAgent(typingTo)} `, tone: 'muted'}]
      : early === ''
        ? []
        : [
            {text: 'pressed once it is there: ', tone: 'muted'},
            {text: `${cutText(early)} `, tone: 'accent'},
          ]
  return (
    <Place rect={rect}>
      <Lines lines={[splitLine(line, pending ? [] : talk, width)]} />
      {pending ? <PendingLine rect={{row: 0, col: width, width: rect.width - width, height: 1}} /> : null}
    </Place>
  )
}

/** From this width on, what is waited for is shown beside a message. */
const WIDE = 120
/** Columns of the keys that wait. */
const EARLY_WIDTH = 20
/** Room for a spinner, what is waited for and since when. */
const PENDING_WIDTH = 38
/** Room for that and how to leave it. */
const LONG_PENDING_WIDTH = 62

/** Where Esc takes the message away. */
function dismissKey(context: KeyContext, keyName: (command: CommandId) => string): Line {
  if (context !== 'panel' && context !== 'pane') return []
  return [{text: ` ${keyName('app.back')}`, tone: 'accent'}, {text: ' ok '}]
}

function typingKeys(keyName: (command: CommandId) => string): Line {
  return [{text: `   ${keyName('dialog.confirm')} keep  ${keyName('dialog.cancel')} clear`, tone: 'muted'}]
}

/** The last of the keys that wait. */
function cutText(keys: string): string {
  return keys.length > EARLY_WIDTH ? `…${keys.slice(1 - EARLY_WIDTH)}` : keys
}
