import {createRequire} from 'node:module'
import * as ink from 'ink'

/**
 * ink-table is CommonJS and requires Ink, which cannot be required because it awaits at its top level. The bundle has
 * no such trouble; unbundled tests give it the Ink that is already loaded.
 */
const fromHere = createRequire(import.meta.url)
const fromInkTable = createRequire(fromHere.resolve('ink-table'))
const id = fromInkTable.resolve('ink')
fromInkTable.cache[id] = Object.assign(Object.create(null) as NodeJS.Module, {
  id,
  filename: id,
  loaded: true,
  children: [],
  exports: ink,
})

// As Node and the bundler import CommonJS: the default export is all exports.
// biome-ignore lint/style/noDefaultExport: stands in for a module with a default export
export default fromHere('ink-table') as unknown
