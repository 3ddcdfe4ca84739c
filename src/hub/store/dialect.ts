import {type ColumnDefinitionBuilder, type QueryExecutorProvider, sql} from 'kysely'

/** The stores that the hub works on; what differs between them in a migration asks for it. */
export type Dialect = 'sqlite' | 'postgres'

type Numbered = [type: 'integer' | 'bigint', make: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder]

/** The type and making of a column that numbers its rows, and gives no number twice. */
export function numbered(dialect: Dialect): Numbered {
  return dialect === 'sqlite'
    ? ['integer', column => column.primaryKey().autoIncrement()]
    : ['bigint', column => column.generatedAlwaysAsIdentity().primaryKey()]
}

/** Lets transactions about the same thing follow each other. On SQLite one has the file for itself from its beginning. */
export async function holdLock(db: QueryExecutorProvider, name: string, dialect: Dialect): Promise<void> {
  if (dialect === 'postgres') await sql`select pg_advisory_xact_lock(hashtext(${name}))`.execute(db)
}
