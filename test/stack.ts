import {on, once} from 'node:events'
import {setTimeout as sleep} from 'node:timers/promises'

const OPENING_MS = 500
const ANSWER_MS = 5_000

/** Workers listen there when they are told to be debugged; each its own, as they run at once. */
export function debugPortOf(pid: number): number {
  return 20_000 + (pid % 20_000)
}

type Paused = {
  method?: string
  params: {callFrames: {functionName: string; url: string; location: {lineNumber: number}}[]}
}

/** Pauses a Node process, even one that turns in a loop, and tells its calls, the innermost first. */
export async function stackOf(pid: number): Promise<string[]> {
  try {
    process.kill(pid, 'SIGUSR1')
    await sleep(OPENING_MS)
    const signal = AbortSignal.timeout(ANSWER_MS)
    const answer = await fetch(`http://127.0.0.1:${debugPortOf(pid)}/json/list`, {signal})
    const [target] = (await answer.json()) as {webSocketDebuggerUrl: string}[]
    return await pausedAt(target!.webSocketDebuggerUrl, signal)
  } catch (error) {
    return [`(unknown: ${String(error)})`]
  }
}

async function pausedAt(url: string, signal: AbortSignal): Promise<string[]> {
  const socket = new WebSocket(url)
  await once(socket, 'open', {signal})
  const events = on(socket, 'message', {signal})
  for (const [id, method] of ['Debugger.enable', 'Debugger.pause'].entries()) socket.send(JSON.stringify({id, method}))
  for await (const [{data}] of events as AsyncIterable<[{data: string}]>) {
    const {method, params} = JSON.parse(data) as Paused
    if (method !== 'Debugger.paused') continue
    return params.callFrames.map(({functionName, url, location}) => `${functionName} ${url}:${location.lineNumber + 1}`)
  }
  return []
}
