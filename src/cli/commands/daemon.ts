import * as z from 'zod'
import {EXIT} from '../../base/errors.ts'
import {isOtherBuild} from '../../protocol/hello.ts'
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
    return pid === null ? {stopped: false, pid, pass: await context.runningPass()} : {stopped: true, pid}
  },
  text: ({stopped, pid, pass}) =>
    stopped ? `The daemon (pid ${pid}) stopped; its agents keep running` : noDaemon(pass),
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
    if (was === null) return {reloaded: false, pid: null, pass: await context.runningPass()}
    const {peer} = await context.daemon()
    return {reloaded: true, pid: peer.pid}
  },
  text: ({reloaded, pid, pass}) =>
    reloaded
      ? `The daemon (pid ${pid}) uses the configuration as it is now`
      : `${noDaemon(pass)}; the next one reads the configuration when it starts`,
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
    return {running: false, pass: await context.runningPass()}
  },
  text: ({running, pid, version, pass, otherBuild}) =>
    running
      ? `The daemon runs: pid ${pid}, version ${version}${otherBuild ? ', of another build than this program: clambake daemon restart' : ''}`
      : noDaemon(pass),
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

/** Says that no daemon runs; `pass` is the pid of a `--once` that runs in its place. */
export function noDaemon(pass: number | undefined): string {
  return pass === undefined
    ? 'No daemon runs here'
    : `No daemon runs here; a pass (clambake --once, pid ${pass}) runs in its place`
}
