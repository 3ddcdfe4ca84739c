import {resolve} from 'node:path'
import {parseArgs} from 'node:util'
import {bundle} from './bundle.ts'

/** Builds dist/. `--release` takes the crash points of test builds out; `--quiet` prints nothing but errors. */
const {values} = parseArgs({
  options: {release: {type: 'boolean', default: false}, quiet: {type: 'boolean', default: false}},
})
const out = resolve(import.meta.dirname, '../../dist')
const version = await bundle({out, ...values})
if (!values.quiet) console.log(`built clambake ${version} in dist/`)
