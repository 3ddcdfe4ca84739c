import {execute, type Outcome, type Request} from './execute.ts'

export type ToStarter = {id: number; request: Request} | {id: number; cancel: true}
export type FromStarter = {id: number; outcome: Outcome}

/**
 * Runs programs for the process that started this one, which asks over the channel between them. When that process
 * ends, programs that run are left to their end, as they would be without this process in between.
 */
const running = new Map<number, AbortController>()

process.on('message', async (message: ToStarter) => {
  const {id} = message
  if ('cancel' in message) {
    running.get(id)?.abort()
    return
  }
  const cancel = new AbortController()
  running.set(id, cancel)
  const outcome = await execute(message.request, cancel.signal)
  running.delete(id)
  // The process that asked may just have ended; other programs still run to their end then.
  if (process.connected) process.send!({id, outcome} satisfies FromStarter, undefined, undefined, () => {})
  else if (running.size === 0) process.exit(0)
})

process.on('disconnect', () => running.size === 0 && process.exit(0))
// Signals to a whole terminal or group are for the process that asks; it ends this one by closing the channel.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
