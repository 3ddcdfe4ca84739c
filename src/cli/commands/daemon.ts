import * as z from 'zod'
import {EXIT} from '../../base/errors.ts'
import {isOtherBuild} from '../../protocol/hello.ts'
import type {Elsewhere} from '../../rpc/clone-lock.ts'
import {type CommandContext, helloOf} from '../context.ts'
import {defineCommand} from '../define.ts'

const schema = () => z.object({})

export const daemonStart = defineCommand({
  name: 'daemon start',
  summary: "start this repository's daemon and its terminal host",
  does: 'acts',
  schema,
  examples: [['clambake daemon start', 'does nothing if it already runs']],
  async run(_, context) {
    const {peer} = await context.daemon()
    return {pid: peer.pid, version: peer.version}
  },
  text: ({pid, version}) => `The daemon runs: pid ${pid}, version ${version}`,
})

export const daemonStop = defineCommand({
  name: 'daemon stop',
  summary: 'stop the daemon; agents keep running in the terminal host',
  does: 'acts',
  schema,
  examples: [['clambake daemon stop', 'the next clambake starts it again and continues']],
  async run(_, context) {
    const pid = await stopDaemon(context)
    return pid === null ? {stopped: false, pid, ...(await inPlace(context))} : {stopped: true, pid}
  },
  text: ({stopped, pid, ...found}) =>
    stopped ? `The daemon (pid ${pid}) stopped; its agents keep running` : noDaemon(found),
})

export const daemonRestart = defineCommand({
  name: 'daemon restart',
  summary: 'stop the daemon and start it again, with the configuration as it is now; agents keep running',
  does: 'acts',
  schema,
  examples: [['clambake daemon restart', 'after an update of Clambake; starts it as well where none ran']],
  async run(_, context) {
    // A wrong configuration is an error here, while the daemon still runs.
    await context.surrounding()
    const was = await stopDaemon(context)
    const {peer} = await context.daemon()
    return {was, pid: peer.pid, version: peer.version}
  },
  text: ({was, pid, version}) =>
    `${was === null ? 'The daemon runs' : `The daemon (pid ${was}) was restarted`}: pid ${pid}, version ${version}`,
})

export const daemonReload = defineCommand({
  name: 'daemon reload',
  summary: 'restart the daemon where it runs, so that it reads all its files again; agents keep running',
  does: 'acts',
  schema,
  examples: [['clambake daemon reload', 'for keys that wait for a restart; all others are taken up without it']],
  async run(_, context) {
    await context.surrounding()
    const was = await stopDaemon(context)
    if (was === null) return {reloaded: false, pid: null, ...(await inPlace(context))}
    const {peer} = await context.daemon()
    return {reloaded: true, pid: peer.pid}
  },
  text: ({reloaded, pid, ...found}) =>
    reloaded
      ? `The daemon (pid ${pid}) uses the configuration as it is now`
      : `${noDaemon(found)}; the next one reads the configuration when it starts`,
})

export const daemonStatus = defineCommand({
  name: 'daemon status',
  summary: 'say whether the daemon runs',
  does: 'reads',
  schema,
  examples: [['clambake daemon status', 'exit code 1 if it does not run']],
  async run(_, context) {
    const daemon = await context.runningDaemon()
    if (daemon) {
      const {pid, version} = daemon.peer
      return {running: true, pid, version, otherBuild: isOtherBuild(helloOf('command'), daemon.peer)}
    }
    return {running: false, ...(await inPlace(context))}
  },
  text: ({running, pid, version, otherBuild, ...found}) =>
    running
      ? `The daemon runs: pid ${pid}, version ${version}${otherBuild ? ', of another build than this program: clambake daemon restart' : ''}`
      : noDaemon(found),
  exit: ({running}) => (running ? EXIT.good : EXIT.needsHuman),
})

/** Stops the daemon and waits until it is gone; gives its pid, or null where none ran. */
async function stopDaemon(context: CommandContext): Promise<number | null> {
  const daemon = await context.runningDaemon()
  if (!daemon) return null
  await daemon.call('shutdown', {})
  await daemon.closed
  const {untilGone} = await import('../end-processes.ts')
  await untilGone(daemon.peer.pid)
  return daemon.peer.pid
}

/** What works in a clone where a command finds no daemon: the pid of a `--once`, or a daemon with another state folder. */
export type InPlace = {pass?: number | undefined; elsewhere?: Elsewhere | undefined}

/** Finds what works in place of the daemon that a command does not find. */
export async function inPlace(context: CommandContext): Promise<InPlace> {
  return {pass: await context.runningPass(), elsewhere: await context.daemonElsewhere()}
}

/** Says that no daemon runs, and what does in its place. */
export function noDaemon({pass, elsewhere}: InPlace): string {
  if (pass !== undefined) return `No daemon runs here; a pass (clambake --once, pid ${pass}) runs in its place`
  if (elsewhere === undefined) return 'No daemon runs here'
  const {pid, state} = elsewhere
  return `The daemon of this clone (pid ${pid}) has its state in ${state}: set CLAMBAKE_STATE_DIR to that`
}
