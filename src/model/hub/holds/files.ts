/** Whether a file is one that Compose reads, by its name. */
export function isComposeFile(path: string): boolean {
  return /^(?:docker-|podman-)?compose(?:[.-][\w.-]+)?\.ya?ml$/i.test(path.slice(path.lastIndexOf('/') + 1))
}

/** Whether a file is a migration, by its folders or its name. */
export function isMigrationFile(path: string): boolean {
  const parts = path.split('/').filter(part => part !== '')
  const folders = parts.slice(0, -1)
  const last = parts.at(-1) ?? ''
  if (parts.some(part => /^migrat(?:e|ions?)$/i.test(part))) return true
  if (folders.some((part, at) => part === 'alembic' && parts[at + 1] === 'versions')) return true
  if (folders.includes('drizzle') && last.endsWith('.sql')) return true
  return /^(?:[VU]\d[\d._]*|R)__.+\.(?:sql|java)$/.test(last)
}
