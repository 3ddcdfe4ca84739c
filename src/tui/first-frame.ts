import type {Clock} from '../base/clock.ts'
import type {Background} from '../client/text/theme.ts'
import {InputDecoder} from './input/decoder.ts'
import type {TerminalInput} from './terminal-io.ts'

/** Asks for the background's colour (OSC 11) and for the kind of terminal, which every terminal answers. */
const QUERY = '\x1b]11;?\x07\x1b[c'
/** The longest wait: terminals and daemons answer within a few milliseconds, and people must not wait for others. */
const PATIENCE_MS = 50
/** Above this luminance, black text is easier to read than white (WCAG's formula of contrast). */
const LIGHT_FROM = 0.179

/** What the terminal answered before the first frame. */
export type Asked = {
  background: Background
  /** All input that came meanwhile, including the answers: the input router gets it, so that no key is lost. */
  early: readonly Uint8Array[]
  /** Whether answers may still come. */
  pending: boolean
}

/**
 * Asks the terminal for its background's colour unless `ask` is false; it must be in raw mode, or it would show its own
 * answer. Without an answer, the environment counts (`COLORFGBG`). Also waits for `ready`, so that the first frame is
 * whole, but in all no longer than 50 ms.
 */
export async function awaitFirstFrame(options: {
  stdin: TerminalInput
  stdout: {write(data: string): boolean}
  clock: Clock
  env: NodeJS.ProcessEnv
  ask: boolean
  ready: Promise<unknown>
}): Promise<Asked> {
  const {stdin, stdout, clock, env, ask, ready} = options
  const decoder = new InputDecoder()
  const early: Uint8Array[] = []
  const answered = Promise.withResolvers<void>()
  let rgb: number | undefined
  let pending = ask
  const read = (bytes: Uint8Array) => {
    early.push(bytes)
    for (const event of decoder.push(bytes)) {
      if (event.kind === 'background') rgb = event.rgb
      if (event.kind === 'attributes') pending = false
    }
    if (!pending) answered.resolve()
  }
  stdin.on('data', read)
  if (ask) stdout.write(QUERY)
  else answered.resolve()
  const over = Promise.withResolvers<void>()
  // Input that came while this process was starting is read first.
  using _patience = clock.after(PATIENCE_MS, () => setImmediate(over.resolve))
  await Promise.race([over.promise, Promise.all([answered.promise, ready])])
  stdin.off('data', read)
  return {background: rgb === undefined ? namedBackground(env) : backgroundOf(rgb), early, pending}
}

/** Reads COLORFGBG: `15;0` is white on black, the last of the 16 colours is the background. The Linux console is black. */
export function namedBackground({COLORFGBG = '', TERM}: NodeJS.ProcessEnv): Background {
  const color = /;(\d+)$/.exec(COLORFGBG)?.[1]
  if (color === undefined) return TERM === 'linux' ? 'dark' : 'unknown'
  return Number(color) === 7 || Number(color) > 8 ? 'light' : 'dark'
}

/** Tells whether black text or white is easier to read on a colour, `0xrrggbb`. */
export function backgroundOf(rgb: number): Background {
  const [red, green, blue] = [rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff].map(linear) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > LIGHT_FROM ? 'light' : 'dark'
}

/** Converts an sRGB channel, 0 to 255, to linear light, 0 to 1. */
function linear(channel: number): number {
  const share = channel / 255
  return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}
