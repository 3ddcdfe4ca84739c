import {type ChildProcess, fork} from 'node:child_process'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {execute, notStarted, type Outcome, type Request} from './execute.ts'
import type {FromStarter, ToStarter} from './starter-main.ts'

/**
 * A small process that starts programs for this one. Starting a program copies the page tables of the process that
 * starts it, while that process does nothing else: from one of 300 MB it took 23 ms, from a small one 3 ms.
 */
export type Starter = AsyncDisposable & {
  execute(request: Request, signal?: AbortSignal): Promise<Outcome>
}

/**
 * Creates a starter, whose process is started by the first request and again after it ended unexpectedly.
 * `entry`: `starter.js` of the bundle, or `starter-main.ts`; where it is gone, this process starts programs itself. `label`:
 * tells people in a list of processes whose it is.
 */
export function createStarter({entry, label}: {entry: string; label: string}): Starter {
  let current: Child | null = null
  return {
    async execute(request, signal) {
      // An upgrade replaces the files of a running program.
      if (!current?.isOpen() && !existsSync(entry)) return execute(request, signal)
      current = current?.isOpen() ? current : openChild(entry, label)
      return await current.execute(request, signal)
    },
    async [Symbol.asyncDispose]() {
      await current?.close()
    },
  }
}

type Child = {
  isOpen(): boolean
  execute(request: Request, signal?: AbortSignal): Promise<Outcome>
  /** Ends the programs that still run, then the process. */
  close(): Promise<void>
}

/** Where the system gives no process or no open file for the starter, none of the programs was started either. */
function noChild(failed: Promise<[Error]>): Child {
  const outcome = failed.then(([error]) => notStarted(error.message))
  return {isOpen: () => false, execute: () => outcome, close: async () => {}}
}

function openChild(entry: string, label: string): Child {
  const child = fork(entry, [label], {
    env: {},
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  if (child.pid === undefined) return noChild(once(child, 'error') as Promise<[Error]>)
  const waiting = new Map<number, (outcome: Outcome) => void>()
  let lastId = 0
  // This process may end as soon as it waits for no program.
  child.unref()
  child.channel!.unref()
  child.on('message', ({id, outcome}: FromStarter) => settle(id, outcome))
  child.once('error', error => failAll(`its starter failed: ${error.message}`))
  child.once('exit', () => failAll('its starter ended'))

  function settle(id: number, outcome: Outcome): void {
    const resolve = waiting.get(id)
    waiting.delete(id)
    if (waiting.size === 0) child.channel?.unref()
    resolve?.(outcome)
  }

  /** Whether a program that was asked for ran is not known then. */
  function failAll(failure: string): void {
    for (const id of [...waiting.keys()]) {
      settle(id, {
        exitCode: undefined,
        signal: undefined,
        timedOut: false,
        isUnknown: true,
        stdout: '',
        stderr: '',
        failure,
      })
    }
  }

  function send(message: ToStarter): void {
    child.send(message, error => {
      if (error) failAll(`its starter cannot be reached: ${error.message}`)
    })
  }

  return {
    isOpen: () => isOpen(child),
    execute(request, signal) {
      const id = ++lastId
      child.channel?.ref()
      const cancel = () => isOpen(child) && send({id, cancel: true})
      return new Promise<Outcome>(resolve => {
        waiting.set(id, resolve)
        send({id, request})
        if (signal?.aborted) cancel()
        else signal?.addEventListener('abort', cancel, {once: true})
      }).finally(() => signal?.removeEventListener('abort', cancel))
    },
    async close() {
      if (!isOpen(child)) return
      const exited = once(child, 'exit')
      child.ref()
      for (const id of waiting.keys()) send({id, cancel: true})
      child.disconnect()
      await exited
    },
  }
}

function isOpen(child: ChildProcess): boolean {
  return child.connected && child.exitCode === null && child.signalCode === null
}
