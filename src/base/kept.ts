import * as z from 'zod'

/** A schema that keeps keys which it does not know, of records that a newer Clambake wrote and this one writes again. */
export function kept<S extends z.ZodRawShape>(schema: z.ZodObject<S>): z.ZodType<z.output<z.ZodObject<S>>> {
  return z.looseObject(schema.shape) as unknown as z.ZodType<z.output<z.ZodObject<S>>>
}
