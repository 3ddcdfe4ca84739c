/**
 * Runs the program on a Node that is new enough.
 *
 * The build makes CommonJS of it that Node 12 can read, since an old Node must come as far as the lines that say what is
 * needed. It imports nothing but Node's oldest modules.
 */
import {spawn} from 'node:child_process'
import {realpathSync} from 'node:fs'
import {join} from 'node:path'
import type {ErrorData} from '../../base/errors.ts'
import {chooseNode} from './choose-node.ts'

/** Exit code of a usage or configuration that does not work, as `EXIT.usage`. */
const CANNOT_RUN = 2 as const

const args = process.argv.slice(2)
const choice = chooseNode({
  version: process.versions.node,
  program: realpathSync(process.execPath),
  own: fileAt(join(__dirname, '..', 'node_modules', '.bin', 'node')),
})
if (choice.run === 'here') void import('../main.ts')
else if (choice.run === 'other') runOn(choice.program)
else {
  const [message, next] = choice.lines
  const error: ErrorData = {code: 'old-node', message, next, exitCode: CANNOT_RUN}
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify({error})}\n`)
  else process.stderr.write(`${message}\n${next}\n`)
  process.exitCode = CANNOT_RUN
}

/** The real path of a file; null: it is not there. */
function fileAt(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}

/** Runs this same program on another Node, passes signals on, and ends as it ends. */
function runOn(program: string): void {
  const child = spawn(program, [__filename, ...args], {stdio: 'inherit'})
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // A terminal sends the signals of its keys to both processes by itself.
      const isOfKeys = signal === 'SIGINT' || signal === 'SIGQUIT'
      if (!(isOfKeys && process.stdin.isTTY)) child.kill(signal)
    })
  }
  child.on('error', error => {
    process.stderr.write(`clambake could not start ${program}: ${error.message}\nrun npm ci in the clone of Clambake\n`)
    process.exitCode = CANNOT_RUN
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? CANNOT_RUN)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
