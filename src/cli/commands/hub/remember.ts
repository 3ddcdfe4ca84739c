import * as z from 'zod'
import {EXIT, usageError} from '../../../base/errors.ts'
import {safeLine, shellWord} from '../../../base/text.ts'
import {titleOf} from '../../../model/hub/memory/draft.ts'
import {MEMORY_STATUSES, MEMORY_TYPES, type Memory, type MemoryChanges} from '../../../model/hub/memory/memory.ts'
import {snippetOf} from '../../../model/hub/memory/snippet.ts'
import {defineCommand} from '../../define.ts'
import {memoryName} from '../../inputs.ts'

const list = z.array(z.string().min(1)).optional()

type Stored = {stored: Memory | null; same: Memory | null; similar: Memory[]; again: string}

export const remember = defineCommand({
  name: 'remember',
  summary: 'keep what later sessions should know, of this project or of all',
  does: 'acts',
  args: [{key: 'text', name: 'text', required: false, description: 'what to keep, in quotes'}],
  options: {
    type: {flags: '--type <type>', description: `${MEMORY_TYPES.join(', ')}; the last six are of all projects`},
    title: {flags: '--title <text>', description: 'its title (default: its first line)'},
    tag: {flags: '--tag <tag>', description: 'a tag; may be given several times', many: true},
    file: {
      flags: '--file <path>',
      description: 'a path or glob that it is about; may be given several times',
      many: true,
    },
    global: {flags: '--global', description: 'keep it for all projects'},
    supersedes: {flags: '--supersedes <id>', description: 'the memory whose place it takes'},
    anyway: {flags: '--anyway', description: 'store it although another says nearly the same'},
    import: {
      flags: '--import <path>',
      description: 'take memories from markdown instead: an export, or files such as CLAUDE.md, by their headings',
    },
    dryRun: {flags: '--dry-run', description: 'with --import: only print what would be stored'},
  },
  schema: () =>
    z.object({
      text: z.string().optional(),
      type: z.enum(MEMORY_TYPES).optional(),
      title: z.string().min(1).optional(),
      tag: list,
      file: list,
      global: z.boolean().default(false),
      supersedes: memoryName.optional(),
      anyway: z.boolean().default(false),
      import: z.string().min(1).optional(),
      dryRun: z.boolean().default(false),
    }),
  apart: [
    ['text', 'import'],
    ['title', 'import'],
    ['supersedes', 'import'],
  ],
  examples: [
    ['clambake remember "Port 5432 is taken on the build machines" --type gotcha --tag ci', 'keep it for this project'],
    ['clambake remember "Ask before a force push" --type convention --global', 'keep it for all projects'],
    ['clambake remember "Totals are in cents" --type decision --supersedes 12', 'it takes the place of memory 12'],
    ['clambake remember --import CLAUDE.md --dry-run', 'show which memories its headings would make'],
  ],
  async run(input, context) {
    const {text, type, anyway, supersedes = null} = input
    const hub = await context.hub()
    const {authorOf} = await import('../../hub/author.ts')
    if (input.import !== undefined) {
      const {importMemories} = await import('../../hub/memory-files.ts')
      const {file: files = [], tag: tags = [], global, dryRun} = input
      return importMemories({context, hub, path: input.import, type: type ?? null, files, tags, global, anyway, dryRun})
    }
    if (text === undefined || type === undefined || input.dryRun) {
      throw usageError({
        code: 'bad-usage',
        message: input.dryRun
          ? 'remember: --dry-run is for --import'
          : `remember: ${text === undefined ? 'nothing to remember' : 'no --type'} is given`,
        next: 'clambake remember "…" --type gotcha',
      })
    }
    const {author, project} = await authorOf(context, hub)
    const draft = {
      project: input.global ? null : project,
      type,
      title: input.title ?? titleOf(text),
      text,
      tags: input.tag ?? [],
      files: input.file ?? [],
    }
    const kept = await hub.memory.remember(draft, author, {anyway, supersedes})
    const again = [
      'clambake remember',
      shellWord(text),
      '--type',
      type,
      ...(input.global ? ['--global'] : []),
      '--anyway',
    ]
    return {
      stored: 'stored' in kept ? kept.stored : null,
      same: 'same' in kept ? kept.same : null,
      similar: 'similar' in kept ? kept.similar : [],
      again: again.join(' '),
    }
  },
  text(result) {
    if ('imported' in result) return result.text
    const {stored, same, similar, again}: Stored = result
    if (stored !== null) return `stored as ${stored.ref}: ${safeLine(stored.title)}`
    if (same !== null) return `it is stored already, as ${same.ref}: ${safeLine(same.title)}`
    const [first] = similar
    return [
      'Nothing was stored: this says nearly the same.',
      '',
      ...similar.map(one => `${one.ref}  ${safeLine(one.title)}\n    ${snippetOf(safeLine(one.text), [], 200)}`),
      '',
      `To change that one:  clambake update-memory ${first?.ref} --text "…"`,
      `To store both:       ${again}`,
    ].join('\n')
  },
  json: result => {
    if ('imported' in result) return result.imported
    const {again: _, ...rest} = result
    return rest
  },
  exit: result => {
    if ('imported' in result) return result.imported.refused.length > 0 ? EXIT.needsHuman : EXIT.good
    return result.similar.length > 0 ? EXIT.needsHuman : EXIT.good
  },
})

export const updateMemory = defineCommand({
  name: 'update-memory',
  summary: 'change what a memory says, or its status',
  does: 'acts',
  args: [
    {key: 'memory', name: 'memory', required: true, description: '12, or g12 of all projects, as recall prints it'},
  ],
  options: {
    status: {flags: '--status <status>', description: MEMORY_STATUSES.join(', ')},
    text: {flags: '--text <text>', description: 'what it says from now on'},
    title: {flags: '--title <text>', description: 'its new title'},
    tag: {
      flags: '--tag <tag>',
      description: 'its new tags, in place of all it has; may be given several times',
      many: true,
    },
    file: {
      flags: '--file <path>',
      description: 'its new paths, in place of all; may be given several times',
      many: true,
    },
  },
  schema: () =>
    z.object({
      memory: memoryName,
      status: z.enum(MEMORY_STATUSES).optional(),
      text: z.string().min(1).optional(),
      title: z.string().min(1).optional(),
      tag: list,
      file: list,
    }),
  examples: [
    ['clambake update-memory 12 --status resolved', 'the issue is solved'],
    ['clambake update-memory g3 --text "The port is 5433 now"', 'correct what it says'],
  ],
  async run({memory, tag, file, ...named}, context) {
    const changes: MemoryChanges = {
      ...Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)),
      ...(tag === undefined ? {} : {tags: tag}),
      ...(file === undefined ? {} : {files: file}),
    }
    if (Object.keys(changes).length === 0) {
      throw usageError({
        code: 'bad-usage',
        message: 'update-memory: no change is given',
        next: `clambake update-memory ${memory} --status resolved`,
      })
    }
    const hub = await context.hub()
    const {senderOf} = await import('../../hub/self.ts')
    return {memory: await hub.memory.update(memory, changes, (await senderOf(context, hub)).name)}
  },
  text: ({memory}) => `${memory.ref} is ${memory.status}: ${safeLine(memory.title)}`,
})
