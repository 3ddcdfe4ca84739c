import {parentPort} from 'node:worker_threads'
import '../../src/hub/worker.ts'

/** The hub's worker, but it dies when an instance called `die` is to leave. */
parentPort?.on('message', (call: {name: string; argument: unknown}) => {
  if (call.name === 'deregister' && call.argument === 'die') process.exit(7)
})
