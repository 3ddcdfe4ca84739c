import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {rm} from 'node:fs/promises'
import {text} from 'node:stream/consumers'
import {builtFile, type CreateProgram, openContext} from '../context.ts'
import {endProcesses} from '../end-processes.ts'

/** The first argument of the program that `startReaper` starts; `main.ts` looks for it before it loads this file. */
const REAPER = 'demo-reaper'

/**
 * Starts a process that ends the demo's processes and deletes its folder when this one is gone without doing so, as when its
 * terminal is closed or it is killed. Disposed of, it ends: the person left in order.
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
  const ended = child.pid === undefined ? undefined : once(child, 'exit')
  return {
    async [Symbol.asyncDispose]() {
      child.ref()
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** The reaper itself. The system closes its input when the process that started it is gone, whatever ended that. */
export async function reapDemo(folder: string, createProgram: CreateProgram): Promise<void> {
  await text(process.stdin)
  try {
    await using context = openContext({json: false, role: 'client', createProgram})
    await endProcesses(context)
  } finally {
    await rm(folder, {recursive: true, force: true, maxRetries: 5})
  }
}
