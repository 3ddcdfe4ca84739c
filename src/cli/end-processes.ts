import {poll} from '../base/clock.ts'
import {ClambakeError, hasCode} from '../base/errors.ts'
import {isAlive} from '../base/run.ts'
import type {DaemonApi, DaemonTopics} from '../protocol/daemon.ts'
import {connect} from '../rpc/connect.ts'
import {type CommandContext, type HostConnection, helloOf} from './context.ts'

/** A process that agreed to end must be gone within this time. */
const GONE_MS = 10_000

/** Ends a host with everything that runs in it, and waits until its process is gone. */
export async function endHost(host: HostConnection): Promise<void> {
  await host.call('host.shutdown', {force: true}, {timeoutMs: null})
  await host.closed
  await untilGone(host.peer.pid)
}

/** Ends a repository's daemon, then its host. */
export async function endProcesses(context: CommandContext): Promise<void> {
  const {paths} = await context.place()
  const host = await context.host()
  await host.call('daemon.release', {})
  try {
    await using daemon = await connect<DaemonApi, DaemonTopics>({
      path: paths.daemon.socket,
      info: paths.daemon.info,
      hello: helloOf('client'),
    })
    await daemon.call('shutdown', {})
    await daemon.closed
    await untilGone(daemon.peer.pid)
  } catch (error) {
    if (!hasCode(error, 'not-running')) throw error
  }
  await endHost(host)
}

/** Throws `still-running` when the process does not end in time. */
export async function untilGone(pid: number): Promise<void> {
  const gone = await poll(() => (isAlive(pid) ? undefined : true), {everyMs: 20, timeoutMs: GONE_MS})
  if (gone) return
  throw new ClambakeError({
    code: 'still-running',
    message: `Process ${pid} did not end within ${GONE_MS / 1000} seconds`,
    next: `look at it: ps ${pid}`,
  })
}
