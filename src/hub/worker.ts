import nodeModule from 'node:module'
import {fileURLToPath} from 'node:url'
import {parentPort, workerData} from 'node:worker_threads'
import type {CallMessage, WorkerData, WorkerMessage} from './calls.ts'

/** Entry of the hub's worker thread: calls come in, results, troubles and notices go out. */

if (!parentPort) throw new Error('the hub worker runs in a worker thread')
const port = parentPort
const post = (message: WorkerMessage) => port.postMessage(message)
// As `src/daemon/main.ts` does for its own thread: what that keeps, another thread does not load.
nodeModule.enableCompileCache(fileURLToPath(new URL('./compiled', import.meta.url)))
// Not awaited here: the calls that come while it loads would not be heard.
const serving = import('./serve-calls.ts').then(({serveCalls}) => serveCalls((workerData as WorkerData).place, post))

port.on('message', async (call: CallMessage) => {
  const isServed = await (await serving)(call)
  if (isServed && call.name === 'close') port.close()
})
