import type {DatabaseSync} from 'node:sqlite'

/**
 * Loads sqlite-vec into a connection, for which it must be allowed. Where the package is not installed, or this Node loads
 * no extensions, its functions are missing, and searches say so.
 */
export async function loadVectors(sqlite: DatabaseSync): Promise<void> {
  try {
    const {getLoadablePath} = await import('sqlite-vec')
    sqlite.enableLoadExtension(true)
    try {
      sqlite.loadExtension(getLoadablePath())
    } finally {
      sqlite.enableLoadExtension(false)
    }
  } catch {
    // Whoever needs the functions looks whether they are there.
  }
}
