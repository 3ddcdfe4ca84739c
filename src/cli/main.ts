/** The program, on a Node that `src/cli/entry` found new enough. It paints the splash before it loads the rest. */
import nodeModule from 'node:module'
import {fileURLToPath} from 'node:url'

/** Whether these arguments open the screen: no command, `demo` or `attach`, in a terminal. */
function opensScreen(args: readonly string[]): boolean {
  const [first] = args
  // Such a terminal would print the splash as letters, before the error that says what is wrong.
  if (process.env.TERM === 'dumb') return false
  const asksForText = args.some(arg => ['--once', '--json', '--help', '-h', '--version', '-V', '--serve'].includes(arg))
  if (asksForText || !(first === undefined || first === 'demo' || first === 'attach')) return false
  // Asked last: to look at them, Node loads what reads and writes streams.
  return process.stdin.isTTY === true && process.stdout.isTTY === true
}

const args = process.argv.slice(2)
let mode: import('../tui/terminal-mode.ts').TerminalMode | undefined
if (opensScreen(args)) {
  const {splash} = await import('../tui/splash.ts')
  mode = splash(process.stdout, process.stdout.columns, process.stdout.rows)
}
// Keeps compiled code beside the program, so that it is deleted with it; does nothing in a folder without write access.
nodeModule.enableCompileCache(fileURLToPath(new URL('./compiled', import.meta.url)))
// What a client's hooks start: no command of people's, and quicker to load.
if (args[0] === 'hub-hook') {
  const {runHook} = await import('./hub/hook/run.ts')
  await runHook(args[1])
  process.exit(0)
}
if (args[0] === 'hub-watch') {
  const {runWatcher} = await import('./hub/hook/watch.ts')
  await runWatcher()
  process.exit(0)
}
const {createProgram, runCli} = await import('./run.ts')
// Ends what is left of a demo whose terminal was closed.
if (args[0] === 'demo-reaper' && args[1] !== undefined) {
  const {reapDemo} = await import('./demo/reaper.ts')
  await reapDemo(args[1], createProgram)
  process.exit(0)
}
await runCli(args, {mode})
