import {safeLine, truncate} from '../base/text.ts'
import {MAX_PAYLOAD} from './bounds.ts'
import type {Xterm} from './xterm.ts'

/** A program's call for a person: `OSC 9`, `OSC 777 ; notify` or BEL. `text` is one safe line, empty for a bell. */
export type ProgramCall = {by: 'osc9' | 'osc777' | 'bell'; text: string}

const TEXT_WIDTH = 200
/** ConEmu's commands share the number 9: 4 is progress, 9 the working folder. They are no calls. */
const COMMAND = /^(?:[1-9]|1[0-2])(?:;|$)/
/** Many programs ring the bell along with their text, and a defect may ring for ever. */
const AGAIN_MS = 1000

/** Reports each call while output is parsed; a BEL that ends an OSC is none. */
export function watchProgramCalls(term: Xterm, onProgramCall: (call: ProgramCall) => void): void {
  const say = (by: ProgramCall['by'], text: string) =>
    onProgramCall({by, text: truncate(safeLine(text).trim(), TEXT_WIDTH)})
  term.parser.registerOscHandler(9, data => {
    if (!COMMAND.test(data)) say('osc9', data.slice(0, MAX_PAYLOAD))
    return true
  })
  term.parser.registerOscHandler(777, data => {
    const [kind, ...words] = data.slice(0, MAX_PAYLOAD).split(';')
    if (kind === 'notify') say('osc777', words.filter(Boolean).join(': '))
    return true
  })
  term.onBell(() => say('bell', ''))
}

/** Creates a filter that passes at most one call with text and one bell a second, and drops a bell that follows text. */
export function createCallFilter(now: () => number): (call: ProgramCall) => boolean {
  let words = Number.NEGATIVE_INFINITY
  let any = Number.NEGATIVE_INFINITY
  return ({text}) => {
    const at = now()
    if (at - (text === '' ? any : words) < AGAIN_MS) return false
    any = at
    if (text !== '') words = at
    return true
  }
}
