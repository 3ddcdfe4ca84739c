import type {Key} from '../../src/client/state/types.ts'

/** A key press as the input router decodes it: `q`, `L`, `enter`, `ctrl+]`, `shift+tab`. */
export function key(chord: string): Key {
  const parts = chord.split(/\+(?=.)/)
  const name = parts.pop()!
  const printed = [...name].length === 1
  const held = (modifier: string) => parts.includes(modifier)
  return {
    name,
    ctrl: held('ctrl'),
    alt: held('alt'),
    shift: held('shift') || (printed && name !== name.toLowerCase()),
    text: held('ctrl') || held('alt') ? '' : printed ? name : name === 'space' ? ' ' : '',
    raw: name,
    paste: false,
  }
}
