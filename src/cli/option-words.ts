import type * as z from 'zod'

/** The words that a schema takes, if it takes only some; undefined: it takes any. */
export function wordsOf(schema: z.core.$ZodType | undefined): readonly string[] | undefined {
  if (schema === undefined) return undefined
  const def = (schema as z.core.$ZodTypes)._zod.def
  if (def.type === 'enum') return Object.values(def.entries).map(String)
  return def.type === 'optional' || def.type === 'default' ? wordsOf(def.innerType) : undefined
}
