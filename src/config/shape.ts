import type * as z from 'zod'
import {configSchema} from '../model/data/config.ts'

/** One setting of the schema. `*` in a path stands for a name that the user chooses. */
export type Setting = {
  path: readonly string[]
  /** The default; undefined: there is none. */
  fallback: unknown
}

type Node = z.core.$ZodType

/** All settings of `clambake.toml`, in the order of the schema, without the tables themselves. */
export function settings(schema: Node = configSchema): Setting[] {
  return walk(schema, [], undefined)
}

function walk(schema: Node, path: readonly string[], fallback: unknown): Setting[] {
  const def = (schema as z.core.$ZodTypes)._zod.def
  switch (def.type) {
    case 'object':
      return Object.entries(def.shape).flatMap(([key, inner]) => walk(inner, [...path, key], undefined))
    case 'record':
      // A record of tables has names that the user chooses; a record of plain values is one setting.
      return isTable(def.valueType) ? walk(def.valueType, [...path, '*'], undefined) : [{path, fallback}]
    case 'default':
    case 'prefault':
      return walk(def.innerType, path, def.defaultValue)
    case 'optional':
      return walk(def.innerType, path, fallback)
    case 'pipe':
      return walk(def.out, path, fallback)
    default:
      return [{path, fallback}]
  }
}

function isTable(schema: Node): boolean {
  return (schema as z.core.$ZodTypes)._zod.def.type === 'object'
}
