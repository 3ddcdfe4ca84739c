import {type Kysely, sql} from 'kysely'

const TABLES = ['project_memory', 'global_memory'] as const
const COLUMNS = ['title', 'body', 'tags', 'files', 'parts'] as const

/**
 * Gives a SQLite file full text over memories where this SQLite has it, and takes it away where it has not, since its
 * triggers would let every write fail. It is made of the tables alone, so the next program that can makes it again. Gives
 * whether the file has it now.
 */
export async function ensureFullText(db: Kysely<unknown>, wanted = true): Promise<boolean> {
  const canDo = wanted && (await hasModule(db))
  const has = await hasTriggers(db)
  if (canDo === has) return has
  await db.transaction().execute(async transaction => {
    const run = (text: string) => sql.raw(text).execute(transaction)
    for (const table of TABLES) {
      for (const event of ['insert', 'update', 'delete']) await run(`drop trigger if exists ${table}_fts_${event}`)
      if (!canDo) continue
      await run(
        `create virtual table if not exists ${table}_fts using fts5(${COLUMNS.join(', ')},
          content = '${table}', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2')`,
      )
      await run(`insert into ${table}_fts (${table}_fts) values ('rebuild')`)
      for (const trigger of triggersOf(table)) await run(trigger)
    }
  })
  return canDo
}

async function hasModule(db: Kysely<unknown>): Promise<boolean> {
  const {rows} = await sql`select 1 from pragma_module_list where name = 'fts5'`.execute(db)
  return rows.length > 0
}

async function hasTriggers(db: Kysely<unknown>): Promise<boolean> {
  const {rows} = await sql`
    select 1 from sqlite_schema where type = 'trigger' and name like '%\\_memory\\_fts\\_%' escape '\\'
  `.execute(db)
  return rows.length === TABLES.length * 3
}

function triggersOf(table: string): string[] {
  const columns = COLUMNS.join(', ')
  const values = (row: 'old' | 'new') => COLUMNS.map(column => `${row}.${column}`).join(', ')
  const remove = `insert into ${table}_fts (${table}_fts, rowid, ${columns}) values ('delete', old.id, ${values('old')});`
  const add = `insert into ${table}_fts (rowid, ${columns}) values (new.id, ${values('new')});`
  return [
    `create trigger ${table}_fts_insert after insert on ${table} begin ${add} end`,
    `create trigger ${table}_fts_delete after delete on ${table} begin ${remove} end`,
    `create trigger ${table}_fts_update after update of ${columns} on ${table} begin ${remove} ${add} end`,
  ]
}
