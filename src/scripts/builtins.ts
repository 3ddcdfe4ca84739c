import {isBuiltin} from 'node:module'
import type {Plugin} from 'esbuild'

/**
 * Takes Node's own modules without importing them. An import makes a list of all that a module exports, for which Node
 * loads what hardly any program uses, such as a second HTTP client for `node:http`: 70 ms of the 300 that the host
 * computed until it was ready. For programs of one file: where files are split, each module would be one more of them.
 */
export const quickBuiltins: Plugin = {
  name: 'quick builtins',
  setup(builder) {
    builder.onResolve({filter: /^[a-z_/:0-9]+$/}, ({path, kind}) => {
      if (kind !== 'import-statement' || !isBuiltin(path)) return undefined
      return {path: path.startsWith('node:') ? path : `node:${path}`, namespace: 'builtin'}
    })
    builder.onLoad({filter: /.*/, namespace: 'builtin'}, ({path}) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
      loader: 'js',
    }))
  },
}
