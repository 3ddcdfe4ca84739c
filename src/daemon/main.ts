import nodeModule from 'node:module'
import {fileURLToPath} from 'node:url'

/** The daemon's process: one per repository, started by the terminal host. */
// As `src/cli/main.ts` does: compiling the daemon's code takes a third of its start.
nodeModule.enableCompileCache(fileURLToPath(new URL('./compiled', import.meta.url)))
const {runDaemonProcess} = await import('./process.ts')
await runDaemonProcess()
