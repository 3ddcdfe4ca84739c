#!/usr/bin/env node
/**
 * The program's entry. It imports nothing that an older Node could not load, so that it can name the version it needs. It
 * paints the splash before it loads the rest.
 */
import nodeModule from 'node:module'
import {fileURLToPath} from 'node:url'

const OLDEST: readonly [number, number] = [22, 15]

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
}

/** Whether these arguments open the screen: no command, `demo` or `attach`, in a terminal. */
function opensScreen(args: readonly string[]): boolean {
  const [first] = args
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true
  const asksForText = args.some(arg => ['--once', '--json', '--help', '-h', '--version', '-V', '--serve'].includes(arg))
  return interactive && !asksForText && (first === undefined || first === 'demo' || first === 'attach')
}

if (isTooOld(process.versions.node)) {
  process.stderr.write(`clambake needs Node ${OLDEST.join('.')} or newer; this is ${process.versions.node}\n`)
  process.exit(2)
}

const args = process.argv.slice(2)
let mode: import('../tui/terminal-mode.ts').TerminalMode | undefined
if (opensScreen(args)) {
  const {splash} = await import('../tui/splash.ts')
  mode = splash(process.stdout, process.stdout.columns, process.stdout.rows)
}
// Keeps compiled code beside the program, so that it is deleted with it; does nothing in a folder without write access.
nodeModule.enableCompileCache(fileURLToPath(new URL('./compiled', import.meta.url)))
const {runCli} = await import('./run.ts')
await runCli(args, mode)
