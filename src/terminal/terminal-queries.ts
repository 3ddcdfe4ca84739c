import type {Xterm} from './xterm.ts'

/** The size of a cell that programs are given, in pixels; only its ratio matters to them. */
const CELL_PIXELS = {width: 8, height: 16}

/** The colours that programs are given: light text on black, so that they choose their dark theme. */
const COLORS: Record<number, string> = {10: 'rgb:d0d0/d0d0/d0d0', 11: 'rgb:0000/0000/0000', 12: 'rgb:d0d0/d0d0/d0d0'}

/**
 * Answers the terminal queries that xterm leaves to its owner: name (XTVERSION), colours (OSC 10 to 12) and size
 * (`CSI 14 t`, `CSI 18 t`). xterm answers DA, DSR and DECRQM itself. The kitty keyboard query `CSI ? u` gets no answer
 * on purpose: then programs expect keys in the classic encoding, which is what they get.
 */
export function answerQueries(term: Xterm, reply: (data: string) => void): void {
  const {parser} = term
  parser.registerCsiHandler({prefix: '>', final: 'q'}, () => {
    reply('\x1bP>|clambake\x1b\\')
    return true
  })
  parser.registerCsiHandler({final: 't'}, params => {
    if (params[0] === 14) {
      reply(`\x1b[4;${term.rows * CELL_PIXELS.height};${term.cols * CELL_PIXELS.width}t`)
    }
    if (params[0] === 18) reply(`\x1b[8;${term.rows};${term.cols}t`)
    return true
  })
  for (const code of Object.keys(COLORS).map(Number)) {
    parser.registerOscHandler(code, data => {
      // Several questions in one are about the colours of the numbers that follow.
      for (const [index, question] of data.split(';', Object.keys(COLORS).length).entries()) {
        const color = COLORS[code + index]
        if (question === '?' && color !== undefined) reply(`\x1b]${code + index};${color}\x1b\\`)
      }
      return true
    })
  }
}
