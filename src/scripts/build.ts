import {mkdirSync, writeFileSync} from 'node:fs'
import {resolve} from 'node:path'
import {parseArgs} from 'node:util'
import {COMMANDS} from '../cli/commands/index.ts'
import {manPage} from '../cli/man-page.ts'
import {createProgram} from '../cli/run.ts'
import {bundle} from './bundle.ts'

/** Builds dist/ and the manual page, man/clambake.1. `--release` takes the crash points of test builds out; `--quiet` prints nothing but errors. */
const {values} = parseArgs({
  options: {release: {type: 'boolean', default: false}, quiet: {type: 'boolean', default: false}},
})
const out = resolve(import.meta.dirname, '../../dist')
const version = await bundle({out, ...values})
const man = resolve(import.meta.dirname, '../../man')
mkdirSync(man, {recursive: true})
writeFileSync(resolve(man, 'clambake.1'), manPage(createProgram(), COMMANDS, version))
if (!values.quiet) console.log(`built clambake ${version} in dist/, and man/clambake.1`)
