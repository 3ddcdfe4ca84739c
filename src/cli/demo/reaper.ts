import {spawn} from 'node:child_process'
import {rm} from 'node:fs/promises'
import {text} from 'node:stream/consumers'
import {builtFile, type CreateProgram, openContext} from '../context.ts'
import {endProcesses} from '../end-processes.ts'

/** The first argument of the program that `startReaper` starts; `main.ts` looks for it before it loads this file. */
const REAPER = 'demo-reaper'
const LEFT = 'left'

/**
 * Starts a process that ends the demo's processes and deletes its folder when this one is gone without doing so, as when its
 * terminal is closed. Disposed of, it does nothing: the person left in order.
 */
export function startReaper({folder, checkout, env}: Record<'folder' | 'checkout', string> & {env: NodeJS.ProcessEnv}) {
  const child = spawn(process.execPath, [builtFile('clambake.js'), REAPER, folder], {
    cwd: checkout,
    env,
    // A session of its own: the terminal's end must not end it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // Without it the demo works as well.
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  child.unref()
  return {[Symbol.dispose]: () => void child.stdin.end(LEFT)}
}

/** The reaper itself. The system closes its input when the process that started it is gone, whatever ended that. */
export async function reapDemo(folder: string, createProgram: CreateProgram): Promise<void> {
  if ((await text(process.stdin)) === LEFT) return
  try {
    await using context = openContext({json: false, role: 'client', createProgram})
    await endProcesses(context)
  } finally {
    await rm(folder, {recursive: true, force: true, maxRetries: 5})
  }
}
