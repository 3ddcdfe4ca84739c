#!/usr/bin/env node
/**
 * The program's door. It imports nothing that an older Node could not load, so that the version is told in a sentence,
 * and paints the splash before the rest is loaded.
 */
import nodeModule from 'node:module'
import {fileURLToPath} from 'node:url'

const OLDEST: readonly [number, number] = [22, 15]

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
}

/** The screen is opened by no command at all, or by `demo` and `attach` in a terminal. */
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
// What was compiled is kept beside the program, so that it goes when the program goes; not where nobody may write.
nodeModule.enableCompileCache(fileURLToPath(new URL('./compiled', import.meta.url)))
const {runCli} = await import('./run.ts')
await runCli(args, mode)
