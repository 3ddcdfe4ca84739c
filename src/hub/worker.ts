import {parentPort, workerData} from 'node:worker_threads'
import type {CallMessage, WorkerData, WorkerMessage} from './calls.ts'
import {openEngine} from './open-engine.ts'
import {troubleOf} from './trouble.ts'

/** Entry of the hub's worker thread: calls come in, results, troubles and notices go out. */

if (!parentPort) throw new Error('the hub worker runs in a worker thread')
const port = parentPort
const post = (message: WorkerMessage) => port.postMessage(message)
// Not awaited here: the calls that come while it loads would not be heard.
const engine = openEngine({place: (workerData as WorkerData).place, notify: post})

port.on('message', (call: CallMessage) => void serve(call))

async function serve(call: CallMessage): Promise<void> {
  try {
    post({type: 'result', id: call.id, result: await (await engine).run(call)})
  } catch (error) {
    const {kind, message} = troubleOf(error)
    post({type: 'trouble', id: call.id, kind, message})
    return
  }
  if (call.name === 'close') port.close()
}
