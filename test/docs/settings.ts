import {stringify} from 'smol-toml'
import {DOCS} from '../../src/config/example.ts'
import {settings} from '../../src/config/shape.ts'
import {cell, code, table} from './markdown.ts'

/** Every setting of `clambake.toml` with its default and what it means, a table for each of its tables. */
export function settingReference(): string {
  const tables = Map.groupBy(settings(), ({path}) => path.slice(0, -1).join('.'))
  return [...tables]
    .map(([name, rows]) => {
      const head = name.replace('slots.*', 'agent-001').replace('*', 'NAME')
      const lines = rows.map(({path, fallback}) => {
        const {about, example} = DOCS[path.join('.')] ?? {about: ''}
        const instead = fallback !== undefined && !isEmpty(fallback) ? '' : exampleOf(example)
        return [code(path.at(-1)!), fallback === undefined ? '' : code(value(fallback)), cell(about) + instead]
      })
      return `### ${code(`[${head}]`)}\n\n${table(['setting', 'default', 'meaning'], lines)}`
    })
    .join('\n\n')
}

function isEmpty(fallback: unknown): boolean {
  return typeof fallback === 'object' && fallback !== null && Object.keys(fallback).length === 0
}

function exampleOf(example: unknown): string {
  return example === undefined ? '' : ` For example: ${code(value(example))}`
}

/** A value as TOML writes it, on one line. */
function value(of: unknown): string {
  if (Array.isArray(of)) return `[${of.map(value).join(', ')}]`
  if (typeof of !== 'object' || of === null) return stringify({key: of}).trim().replace('key = ', '')
  const entries = Object.entries(of).map(([key, inner]) => `${key} = ${value(inner)}`)
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}
