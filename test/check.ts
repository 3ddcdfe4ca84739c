/** Lints, checks types and builds, all at once; the output of each follows when it is done. */
import {run} from '../src/base/run.ts'

const CHECKS = {
  lint: ['biome', 'check', '.'],
  // Several checkers do much of their work twice: on two cores they take as long as one, which leaves a core to the lint.
  types: ['tsc', '--singleThreaded'],
  build: [process.execPath, 'src/scripts/build.ts'],
}

const passed = await Promise.all(
  Object.entries(CHECKS).map(async ([name, [program, ...args]]) => {
    const {exitCode, stdout, stderr} = await run(program!, {args, env: process.env, accept: [0, 1, 2]})
    console.log(`${exitCode === 0 ? '✓' : '✗'} ${[name, stdout, stderr].filter(Boolean).join('\n')}`)
    return exitCode === 0
  }),
)
if (passed.includes(false)) process.exitCode = 1
