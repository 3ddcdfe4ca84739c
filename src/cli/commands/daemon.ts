import {z} from 'zod'
import {EXIT} from '../../base/errors.ts'
import {defineCommand} from '../define.ts'

const schema = z.object({})

export const daemonStart = defineCommand({
  name: 'daemon start',
  summary: "start this repository's daemon and its terminal host",
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
  schema,
  examples: [['clambake daemon stop', 'the next clambake starts it again and continues']],
  async run(_, context) {
    const daemon = await context.runningDaemon()
    if (!daemon) return {stopped: false, pid: null, pass: await context.runningPass()}
    await daemon.call('shutdown', {})
    await daemon.closed
    const {untilGone} = await import('../end-processes.ts')
    await untilGone(daemon.peer.pid)
    return {stopped: true, pid: daemon.peer.pid}
  },
  text: ({stopped, pid, pass}) =>
    stopped ? `The daemon (pid ${pid}) stopped; its agents keep running` : noDaemon(pass),
})

export const daemonStatus = defineCommand({
  name: 'daemon status',
  summary: 'say whether the daemon runs',
  schema,
  examples: [['clambake daemon status', 'exit code 1 if it does not run']],
  async run(_, context) {
    const daemon = await context.runningDaemon()
    if (daemon) return {running: true, pid: daemon.peer.pid, version: daemon.peer.version}
    return {running: false, pass: await context.runningPass()}
  },
  text: ({running, pid, version, pass}) =>
    running ? `The daemon runs: pid ${pid}, version ${version}` : noDaemon(pass),
  exit: ({running}) => (running ? EXIT.good : EXIT.needsHuman),
})

/** Says that no daemon runs; `pass` is the pid of a `--once` that runs in its place. */
export function noDaemon(pass: number | undefined): string {
  return pass === undefined
    ? 'No daemon runs here'
    : `No daemon runs here; a pass (clambake --once, pid ${pass}) runs in its place`
}
