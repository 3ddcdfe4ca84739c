import * as z from 'zod'
import {usageError} from '../../../base/errors.ts'
import {safeLine, safeText} from '../../../base/text.ts'
import {MEMORY_STATUSES, MEMORY_TYPES, type Memory, parseMemoryRef} from '../../../model/hub/memory/memory.ts'
import {parseQuery, soughtWords} from '../../../model/hub/memory/query.ts'
import {snippetOf} from '../../../model/hub/memory/snippet.ts'
import {defineCommand} from '../../define.ts'
import {positiveInteger} from '../../inputs.ts'
import {age} from '../../output/text.ts'

const SHOWN = 10
const SNIPPET = 240
const list = z.array(z.string().min(1)).optional()

const NOTHING_YET =
  'Nothing is remembered yet: clambake remember "…" --type gotcha keeps what later sessions should know'

/** `sought`: something was asked for, and not all. */
type Found = {memories: (Memory & {snippet: string})[]; whole: boolean; sought: boolean; notes: string[]}

export const recall = defineCommand({
  name: 'recall',
  summary: 'find what sessions learned: this project and all projects, best first',
  does: 'acts',
  args: [
    {
      key: 'query',
      name: 'query',
      required: false,
      description: 'words, "words together", -without, or; a number such as 12 or g12 prints that memory in full',
    },
  ],
  options: {
    type: {flags: '--type <type>', description: `only of this type: ${MEMORY_TYPES.join(', ')}`},
    tag: {flags: '--tag <tag>', description: 'only with this tag; may be given several times', many: true},
    file: {flags: '--file <path>', description: 'only about this path or glob; may be given several times', many: true},
    global: {flags: '--global', description: 'only what is kept for all projects'},
    project: {flags: '--project <name>', description: 'those of this project instead of the one here'},
    all: {flags: '--all', description: 'also what is deprecated or superseded'},
    limit: {flags: '-n, --limit <n>', description: `number of memories (default ${SHOWN})`},
    export: {
      flags: '--export <path>',
      description: 'write all, whatever their status, as markdown: into a folder, or into one file named *.md',
    },
  },
  schema: () =>
    z.object({
      query: z.string().optional(),
      type: z.enum(MEMORY_TYPES).optional(),
      tag: list,
      file: list,
      global: z.boolean().default(false),
      project: z.string().min(1).optional(),
      all: z.boolean().default(false),
      limit: positiveInteger.pipe(z.number().max(1000)).default(SHOWN),
      export: z.string().min(1).optional(),
    }),
  apart: [
    ['global', 'project'],
    ['query', 'export'],
    ['type', 'export'],
    ['tag', 'export'],
    ['file', 'export'],
    ['limit', 'export'],
  ],
  examples: [
    ['clambake recall "port of the database"', 'best first, with the part that says it'],
    ['clambake recall --file src/cart/total.ts', 'what is known of that file, its folders and its globs'],
    ['clambake recall 12', 'memory 12 in full'],
    ['clambake recall --export memories.md', 'write all of this project and of all projects'],
  ],
  async run(input, context) {
    const hub = await context.hub()
    const {projectHere} = await import('../../hub/author.ts')
    const project = input.global ? null : (input.project ?? (await projectHere(context, hub)))
    if (input.export !== undefined) {
      const {exportMemories} = await import('../../hub/memory-files.ts')
      return {exported: await exportMemories({context, hub, path: input.export, project})}
    }
    const {query = '', type, tag, file, limit} = input
    const named = parseMemoryRef(query)
    const [one] = named === null ? [] : await hub.memory.get([named.ref])
    if (one) return {memories: [{...one, snippet: one.text}], whole: true, sought: true, notes: []}
    const {memories, fullText, byMeaning} = await hub.memory.recall({
      query,
      project,
      limit,
      ...(input.global ? {scopes: ['global']} : {}),
      ...(type === undefined ? {} : {types: [type]}),
      ...(tag === undefined ? {} : {tags: tag}),
      ...(file === undefined ? {} : {files: file}),
      ...(input.all ? {statuses: MEMORY_STATUSES} : {}),
    })
    if (query.trim() !== '' && soughtWords(parseQuery(query)).length === 0) {
      throw usageError({
        code: 'bad-usage',
        message: 'recall: the search has no word',
        next: 'clambake recall without a search prints the newest',
      })
    }
    const words = soughtWords(parseQuery(query))
    return {
      memories: memories.map(memory => ({...memory, snippet: snippetOf(safeLine(memory.text), words, SNIPPET)})),
      whole: false,
      sought: [query || undefined, type, tag, file].some(given => given !== undefined),
      notes: [
        ...(fullText || query === ''
          ? []
          : ['the SQLite of this Node has no full text (FTS5): every text was looked into']),
        ...(typeof byMeaning === 'string' ? [`found by words only: ${safeLine(byMeaning)}`] : []),
      ],
    }
  },
  text(result, {clock}) {
    if ('exported' in result) return result.exported.text
    const {memories, whole, sought, notes}: Found = result
    if (memories.length === 0) return [...notes, sought ? 'Nothing is known of that.' : NOTHING_YET].join('\n')
    const parts = memories.map(memory => {
      const head = `${memory.ref}  ${safeLine(memory.title)}`
      const about = `    ${aboutText(memory, clock.now() - memory.updatedAt)}`
      const text = whole ? indented(safeText(memory.text)) : `    ${memory.snippet}`
      return memory.title === memory.text && !whole ? `${head}\n${about}` : `${head}\n${about}\n${text}`
    })
    return [...notes, ...parts].join('\n\n')
  },
  json: result => ('exported' in result ? result.exported.json : {memories: result.memories, notes: result.notes}),
})

/** What a memory is and where it comes from, on one line. */
function aboutText(memory: Memory, ageMs: number): string {
  const {type, status, project, by, ticket, commit, tags, files, supersededBy} = memory
  const parts = [
    type,
    ...(status === 'active' ? [] : [supersededBy === null ? status : `${status} by ${supersededBy}`]),
    project ?? 'all projects',
    `${age(ageMs)} ago`,
    `by ${by}`,
    ...(ticket === null ? [] : [`#${ticket}`]),
    ...(commit === null ? [] : [`at ${commit}`]),
    ...(tags.length === 0 ? [] : [`tags ${tags.join(', ')}`]),
    ...(files.length === 0 ? [] : [`files ${files.join(', ')}`]),
  ]
  return safeLine(parts.join(' · '))
}

function indented(text: string): string {
  return text
    .split('\n')
    .map(line => (line === '' ? '' : `    ${line}`))
    .join('\n')
}
