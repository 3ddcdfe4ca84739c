import {parentPort, workerData} from 'node:worker_threads'
import {playSeeds, seedsFrom} from './seeds.ts'

/** Plays a part of the seeds beside other threads. */
const {from, count} = workerData as {from: number; count: number}
const tally = await playSeeds(seedsFrom(from, count), outcome => parentPort?.postMessage({outcome}))
parentPort?.postMessage({tally})
