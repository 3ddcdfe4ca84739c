import {defineConfig} from 'vitest/config'
import {hostileReport} from './hostile/report.ts'
import {LongFirst} from './order.ts'
import {stuckReporter} from './stuck.ts'
import {timesReporter} from './times.ts'
import {truthReport} from './truth-report.ts'

// React as it is shipped. The one for development takes twice as long, and what it warns of the lint finds too. Vite looks
// here when it compiles JSX, and workers inherit it.
process.env.NODE_ENV = 'production'

export default defineConfig({
  // CommonJS that requires an ES module which awaits: see the file.
  resolve: {alias: {'ink-table': new URL('components/ink-table.ts', import.meta.url).pathname}},
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.{ts,tsx}'],
    reporters: ['default', timesReporter(), hostileReport(), stuckReporter(), truthReport()],
    globalSetup: ['test/temporary.ts'],
    setupFiles: ['test/starter.ts', 'test/patience.ts'],
    sequence: {sequencer: LongFirst},
    // On two cores more workers compute while the others wait: for restarts, leases, looks at GitHub. With still more of
    // them sentences would run out of their patience.
    maxWorkers: 5,
    // A worker runs file after file and loads each module once. So a file leaves no global state behind: what it
    // changes in `process`, it changes back.
    isolate: false,
    // What tests make is short-lived: with more room for it, a sixth of the time of tests of the model is not spent on
    // clearing it away.
    execArgv: ['--min-semi-space-size=64', '--max-semi-space-size=64'],
    // Real processes on a shared machine: CI alone retries a failed test once, and shows it.
    retry: process.env.CI ? 1 : 0,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    env: {
      // Vitest's own environment must not leak into git or agents that tests start.
      NO_COLOR: '',
      FORCE_COLOR: '',
      // Ink asks `tput` for the size of a terminal that does not say it, as ink-testing-library's, unless these do.
      COLUMNS: '80',
      LINES: '24',
    },
  },
})
