import {isBuiltin} from 'node:module'
import {parse} from 'es-module-lexer'
import {parseAst} from 'rolldown/parseAst'

type Statement = ReturnType<typeof parseAst>['body'][number]
type Import = Extract<Statement, {type: 'ImportDeclaration'}>

/**
 * Takes Node's own modules without importing them, in the code of a built file. An import makes a list of all that a
 * module exports, for which Node loads what hardly any program uses: all streams for `node:fs`, a second HTTP client for
 * `node:http`: a twentieth of what a command computes. Exports of them stay as they are.
 */
export function quickBuiltins(code: string): string {
  const taken: string[] = []
  const rest: string[] = []
  let end = 0
  for (const {type, specifier, importStart, importEnd} of parse(code)[0]) {
    if (type !== 'static' || !isBuiltin(specifier)) continue
    const [statement] = parseAst(code.slice(importStart, importEnd)).body
    if (statement?.type !== 'ImportDeclaration') continue
    taken.push(...taking(specifier, statement))
    rest.push(code.slice(end, importStart))
    end = code[importEnd] === ';' ? importEnd + 1 : importEnd
  }
  // First, as imports are: code may stand before the import of what it uses.
  return [...taken, rest.join('') + code.slice(end)].join('\n')
}

/** Statements that declare what an import does. The file may have a `process` of its own. */
function taking(module: string, {specifiers}: Import): string[] {
  const whole = `globalThis.process.getBuiltinModule(${JSON.stringify(module)})`
  const named: string[] = []
  const taken: string[] = []
  for (const one of specifiers) {
    if (one.type !== 'ImportSpecifier') taken.push(`const ${one.local.name} = ${whole};`)
    else {
      const name = one.imported.type === 'Literal' ? one.imported.value : one.imported.name
      if (name === 'default') taken.push(`const ${one.local.name} = ${whole};`)
      else named.push(name === one.local.name ? name : `${JSON.stringify(name)}: ${one.local.name}`)
    }
  }
  return named.length > 0 ? [...taken, `const {${named.join(', ')}} = ${whole};`] : taken
}
