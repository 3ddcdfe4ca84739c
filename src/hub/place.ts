import {ClambakeError} from '../base/errors.ts'
import {registerSecret} from '../base/redact.ts'

/** Where the hub stores: a file of this user's, or a Postgres that several machines share. */
export type HubPlace =
  | {kind: 'file'; file: string}
  | {kind: 'postgres'; url: string /** Without the password. */; name: string}

/** The database that the first protocol of this kind used, where a variable names only a part of it. */
const DEFAULTS = {host: 'localhost', port: '5433', name: 'docdb', user: 'postgres', pass: 'postgres'}

/**
 * Says where the hub is: `CLAMBAKE_DATABASE_URL`, else what any `CLAMBAKE_DB_…` names, else `[hub] url`, else the file.
 * Throws ClambakeError `bad-hub-url`.
 */
export function hubPlace(options: {file: string; url?: string | undefined; env: NodeJS.ProcessEnv}): HubPlace {
  const {env} = options
  if (env.CLAMBAKE_DATABASE_URL) return postgresPlace(env.CLAMBAKE_DATABASE_URL, 'CLAMBAKE_DATABASE_URL')
  const parts = {
    host: env.CLAMBAKE_DB_HOST,
    port: env.CLAMBAKE_DB_PORT,
    name: env.CLAMBAKE_DB_NAME,
    user: env.CLAMBAKE_DB_USER,
    pass: env.CLAMBAKE_DB_PASS,
  }
  const {pass: _, ...places} = parts
  // With a configured address the variable is its password, which is not committed.
  if (options.url !== undefined && !Object.values(places).some(Boolean)) {
    return postgresPlace(options.url, '[hub] url', parts.pass)
  }
  if (!Object.values(parts).some(Boolean)) return {kind: 'file', file: options.file}
  const text = (key: keyof typeof parts) => encodeURIComponent(parts[key] || DEFAULTS[key])
  return postgresPlace(
    `postgres://${text('user')}:${text('pass')}@${text('host')}:${text('port')}/${text('name')}`,
    'CLAMBAKE_DB_HOST, _PORT, _NAME, _USER and _PASS',
  )
}

function postgresPlace(text: string, source: string, password?: string): HubPlace {
  const url = URL.parse(text)
  if (url === null || !['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw new ClambakeError({
      code: 'bad-hub-url',
      message: `${source} does not name a Postgres database`,
      next: `write it as postgres://user:password@host:5432/database?sslmode=verify-full`,
    })
  }
  if (password && !url.password) url.password = encodeURIComponent(password)
  // The driver takes it from the query too.
  for (const secret of [decodeURIComponent(url.password), url.searchParams.get('password') ?? ''])
    registerSecret(secret)
  // What the words of `sslmode` mean for psql and all that builds on it.
  if (!url.searchParams.has('uselibpqcompat')) url.searchParams.set('uselibpqcompat', 'true')
  return {kind: 'postgres', url: url.href, name: `${decodeURIComponent(url.host)}${url.pathname}`}
}
