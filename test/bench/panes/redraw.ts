/**
 * The program of a busy pane, as an agent draws: thirty times a second a coloured line scrolls by and the status line
 * below is drawn again. It says which pane it is and how often it drew, and shows at once what was typed last.
 * `redraw.ts NAME`
 */
const [name = '0'] = process.argv.slice(2)
const EVERY_MS = 1000 / 30
/** Words of source code, each in a colour of its own, as agents show what they change. */
const WORDS = [
  'export',
  ' ',
  'function',
  ' ',
  'total',
  '(',
  'cart',
  ': ',
  'Cart',
  ') {',
  ' return',
  ' 0.5',
  ' }',
] as const

let drawn = 0
let typed = ''
const startedAt = performance.now()

/** As wide as the pane, so that one line is one row. */
function line(): string {
  let room = (process.stdout.columns ?? 80) - 1
  let text = ''
  for (let index = drawn; room > 0; index++) {
    const word = WORDS[index % WORDS.length]!.slice(0, room)
    text += `\x1b[38;5;${16 + ((index * 7) % 216)}m${word}`
    room -= word.length
  }
  return `${text}\x1b[m`
}

function status(): string {
  return `\r\x1b[K\x1b[1;36m<${name}:${String(drawn).padStart(6, '0')}>\x1b[m ${typed}`
}

function tick(): void {
  drawn++
  process.stdout.write(`\r\x1b[K${line()}\r\n${status()}`)
  // Against the start and not against the last tick: a late one must not make all that follow late.
  setTimeout(tick, Math.max(0, startedAt + drawn * EVERY_MS - performance.now()))
}

if (process.stdin.isTTY) process.stdin.setRawMode(true)
process.stdin.setEncoding('utf8')
process.stdin.on('data', (text: string) => {
  typed = text.slice(-1)
  process.stdout.write(status())
})
tick()
