/**
 * Takes the terminal as the app does, with the guard, and then does what its argument says: `wait` for keys (q leaves, z
 * stops), or `throw`.
 */

import {splash} from '../../../src/tui/splash.ts'
import {startGuard} from '../../../src/tui/terminal-guard.ts'

const mode = splash(process.stdout, process.stdout.columns, process.stdout.rows)
const guard = startGuard({
  tty: {input: 0, output: 1},
  env: {PATH: process.env.PATH},
  onFailure: error => {
    throw error
  },
})
mode.onRestored = () => guard[Symbol.dispose]()
mode.grabInput(process.stdin)
process.stdout.write(`\x1b[1;1Hpid ${process.pid}`)
process.stdin.on('data', bytes => {
  if (bytes.toString() === 'q') {
    mode[Symbol.dispose]()
    process.stdin.pause()
  }
  if (bytes.toString() === 'z') mode.suspend()
  if (bytes.toString() === 't') throw new Error('thrown on purpose')
})
