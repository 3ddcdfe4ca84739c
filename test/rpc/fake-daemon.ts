import {silentLog} from '../../src/base/log.ts'
import {PROTOCOL_VERSION} from '../../src/protocol/hello.ts'
import {acquireProcessLock} from '../../src/rpc/lock.ts'
import {serve} from '../../src/rpc/serve.ts'

/** From closing its socket to its end: a real daemon has things to put away. */
const GOODBYE_MS = 500

/** A daemon that does nothing but be one: `fake-daemon.ts SOCKET LOCK INFO`. */
const [socket = '', lockFile = '', infoFile = ''] = process.argv.slice(2)
const lock = acquireProcessLock({
  paths: {lock: lockFile, info: infoFile},
  info: {pid: process.pid, version: 'test', cwd: process.cwd(), startedAt: Date.now()},
})
if ('heldBy' in lock) process.exit(0)
const server = await serve<{shutdown: {params: Record<string, never>; result: null}}, Record<string, never>>({
  path: socket,
  lock,
  hello: {protocol: PROTOCOL_VERSION, version: 'test', role: 'daemon', pid: process.pid, instance: 'fake'},
  handlers: {
    shutdown() {
      setImmediate(async () => {
        await server[Symbol.asyncDispose]()
        setTimeout(() => process.exit(0), GOODBYE_MS)
      })
      return null
    },
  },
  log: silentLog,
})
