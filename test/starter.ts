import {join} from 'node:path'
import {runThrough} from '../src/base/run.ts'
import {createStarter, type Starter} from '../src/base/starter.ts'
import {debugPortOf} from './stack.ts'

/** One for a worker: it runs this file before each test file. It ends when the worker does. */
const worker = globalThis as typeof globalThis & {starter?: Starter}

if (!worker.starter) {
  const entry = join(import.meta.dirname, '../src/base/starter-main.ts')
  worker.starter = createStarter({entry, label: 'tests'})
  runThrough(worker.starter)
  // Vitest ends its workers by this signal, after which nothing is cleared away that waits for the end of the process.
  process.once('SIGTERM', () => process.exit())
}

process.debugPort = debugPortOf(process.pid)
