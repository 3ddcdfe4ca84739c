import * as z from 'zod'

export const PROJECT_TYPES = ['webapp', 'api', 'cli', 'library'] as const
export type ProjectType = (typeof PROJECT_TYPES)[number]

/** What `init` wrote is noted here, so that it can be told from what people wrote, and taken back. */
export const MANIFEST_FILE = '.clambake/init.json'

/** Below the root, and none of git's own files: a manifest comes with the repository, from anybody. */
const path = z.string().refine(text => {
  const parts = text.split('/')
  return (
    !text.includes('\\') && parts.every(part => !['', '.', '..'].includes(part)) && !/^\.git$/i.test(parts[0] ?? '')
  )
}, 'is not a path inside the repository')

export const manifestSchema = z.object({
  version: z.literal(1),
  project: z.enum(PROJECT_TYPES).nullable().default(null),
  /** By path: what was written, and the git object with what stood there before; null: nothing did. */
  files: z
    .record(
      path,
      z.object({
        sha256: z.string(),
        restores: z
          .string()
          .regex(/^[0-9a-f]{40,64}$/)
          .nullable(),
      }),
    )
    .default({}),
  /** Whole lines that were put in the place of others, in files that are not ours. */
  edits: z.array(z.object({path, from: z.array(z.string()), to: z.array(z.string())})).default([]),
  labels: z.array(z.object({name: z.string(), color: z.string(), description: z.string()})).default([]),
  board: z.object({id: z.string(), title: z.string()}).nullable().default(null),
  /** What GitHub answered when it was set, in a form that can be compared. */
  protection: z.object({branch: z.string(), state: z.string()}).nullable().default(null),
})

export type Manifest = z.infer<typeof manifestSchema>
export type Edit = Manifest['edits'][number]

export const emptyManifest: Manifest = {
  version: 1,
  project: null,
  files: {},
  edits: [],
  labels: [],
  board: null,
  protection: null,
}

/** Whether nothing is noted that could be taken back. */
export function isEmptyManifest({files, edits, labels, board, protection}: Manifest): boolean {
  const noted = Object.keys(files).length + edits.length + labels.length
  return noted === 0 && board === null && protection === null
}
