import type {Resource} from './resource.ts'

/** Programs that run migrations, or do so among other things. */
export const MIGRATION_TOOLS = [
  ...['flyway', 'liquibase', 'goose', 'dbmate', 'alembic', 'drizzle', 'sqitch', 'pgroll', 'knex', 'umzug', 'migrat'],
  ...[
    'prisma',
    'typeorm',
    'sequelize',
    'sqlx',
    'diesel',
    'ecto',
    'mikro-orm',
    'doctrine',
    'supabase',
    'hasura',
    'atlas',
  ],
  ...['dotnet', 'db:', 'aerich', 'schema:'],
] as const

/**
 * Words of which one is in the JSON of every call that `holds` finds: a hook looks for them first, since most calls have
 * none. null: there are none, so every call is looked at. They have no character that JSON writes in two ways.
 */
export function coarseWords(resource: Resource): readonly string[] | null {
  switch (resource.kind) {
    case 'docker':
      return inCases('docker')
    case 'compose':
      return inCases('compose')
    case 'migration':
      return MIGRATION_TOOLS_AND_FILES
    case 'push':
      return PUSHES
    case 'word':
      return SAFE.test(resource.word) ? inCases(resource.word) : null
    case 'path':
      return folderWords(resource.pattern)
  }
}

const SAFE = /^[\w.:@+-]+$/
const MIGRATION_TOOLS_AND_FILES = [...MIGRATION_TOOLS, 'Migrat', 'MIGRAT', '__', 'versions'] as const
const PUSHES = [
  'push',
  'Push',
  'merge',
  'Merge',
  'dcommit',
  'send-pack',
  'heads',
  ...['create_or_update', 'delete_file'],
]

export function mentions(resource: Resource, text: string): boolean {
  const words = coarseWords(resource)
  return words === null || words.some(word => text.includes(word))
}

/** A word as it is, and as people begin a sentence or shout with it. */
function inCases(word: string): string[] {
  const lower = word.toLowerCase()
  return [...new Set([word, lower, lower.slice(0, 1).toUpperCase() + lower.slice(1), lower.toUpperCase()])]
}

/**
 * The plain names with which a pattern begins: a path in it has all of them, a folder that has it all in it at least the
 * first.
 */
function folderWords(pattern: string): string[] | null {
  const parts = pattern.split('/')
  const odd = parts.findIndex(part => !SAFE.test(part) || /^[.:@+-]+$/.test(part))
  const plain = odd < 0 ? parts : parts.slice(0, odd)
  if (plain.length > 0) return [...new Set(plain)]
  return null
}
