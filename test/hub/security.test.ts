import {execFileSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {PASSWORD, type PostgresServer, startPostgres} from '../../fixtures/postgres/server.ts'
import {type TemporaryFolder, temporaryFolder} from '../../fixtures/repos/folder.ts'
import {agentEnvironment} from '../../src/agents/environment.ts'
import {systemClock} from '../../src/base/clock.ts'
import {redact} from '../../src/base/redact.ts'
import {openDirectHub} from '../../src/hub/direct.ts'
import {checkPostgresHealth} from '../../src/hub/postgres/health.ts'
import {aConfig} from '../model/builders.ts'
import {POSTGRES, postgresPlace, query, WITHOUT_POSTGRES} from './stores.ts'

/** The statements of docs/hub.md, which this test proves. */
const [ROLES = '', LEDGERS = ''] = [
  ...readFileSync(join(import.meta.dirname, '../../docs/hub.md'), 'utf8').matchAll(/```sql\n(.*?)```/gs),
].map(([, text]) => text ?? '')

/** An authority and a certificate that it signed for a name. */
function certificate(folder: string, name: string, san: string): {ca: string; cert: string; key: string} {
  const file = (part: string) => join(folder, `${name}-${part}.pem`)
  const openssl = (...words: string[]) =>
    execFileSync('openssl', words, {cwd: folder, stdio: ['ignore', 'ignore', 'pipe']})
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...made, '-subj', `/CN=${name} authority`, '-keyout', file('ca-key'), '-out', file('ca'))
  openssl('req', ...made, '-subj', `/CN=${name}`, '-keyout', file('key'), '-out', file('request'))
  writeFileSync(file('names'), `subjectAltName=${san}\n`)
  const signed = ['-CA', file('ca'), '-CAkey', file('ca-key'), '-CAcreateserial', '-extfile', file('names')]
  openssl('x509', '-req', '-in', file('request'), ...signed, '-out', file('cert'))
  return {ca: file('ca'), cert: readFileSync(file('cert'), 'utf8'), key: readFileSync(file('key'), 'utf8')}
}

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], {stdio: 'ignore'})
    return true
  } catch {
    return false
  }
}

const ADA = {name: 'ada', instance: null, project: 'acme/shop'}
const open = (url: string) => openDirectHub({place: postgresPlace(url), clock: systemClock})

it('no password of the address is shown, wherever it is written', () => {
  for (const url of [
    'postgres://ada:hunter2%20secret@db/work',
    'postgres://ada@db/work?password=hunter2+secret',
    'postgres://ada@db/work?password=hunter2%20secret',
  ]) {
    const place = postgresPlace(url)
    expect(place).toMatchObject({name: 'db/work'})
    for (const shown of ['hunter2 secret', encodeURIComponent('hunter2 secret')]) {
      expect(redact(`failed with ${shown} at last`)).not.toContain('hunter2')
    }
  }
})

it("no agent's environment has the hub's password", () => {
  const hostEnv = {
    PATH: '/bin',
    CLAMBAKE_DATABASE_URL: 'postgres://ada:hunter2secret@db/work',
    CLAMBAKE_DB_PASS: 'hunter2secret',
    ANTHROPIC_CUSTOM: 'x hunter2secret y',
  }
  const given = agentEnvironment({hostEnv, config: aConfig(), profileEnv: {}})
  expect(JSON.stringify(given)).not.toContain('hunter2secret')
  for (const name of ['CLAMBAKE_DATABASE_URL', 'CLAMBAKE_DB_PASS']) {
    const config = aConfig({agents: {environment: [name]}})
    expect(() => agentEnvironment({hostEnv, config, profileEnv: {}})).toThrow(name)
  }
})

if (POSTGRES === null) it.skip(`roles and TLS of the hub ${WITHOUT_POSTGRES}`, () => {})
else if (!hasOpenssl()) it.skip('roles and TLS of the hub (left out: no openssl is installed)', () => {})
else
  describe('the hub on Postgres', () => {
    let server: PostgresServer
    let folder: TemporaryFolder
    let right: ReturnType<typeof certificate>
    let other: ReturnType<typeof certificate>
    beforeAll(async () => {
      folder = temporaryFolder('clambake-tls-')
      right = certificate(folder.path, 'right', 'IP:127.0.0.1')
      other = certificate(folder.path, 'other', 'IP:127.0.0.1')
      server = await startPostgres(POSTGRES!, right)
    })
    afterAll(async () => {
      await server?.[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    })

    /** The address of a role, with TLS as given. */
    const address = (database: string, more: {user?: string; password?: string; tls?: Record<string, string>}) => {
      const url = new URL(server.database(database))
      if (more.user !== undefined) url.username = more.user
      if (more.password !== undefined) url.password = more.password
      for (const [name, value] of Object.entries(more.tls ?? {})) url.searchParams.set(name, value)
      return url.href
    }

    it('needs a member of no right but to its rows, by the statements of the documents', async () => {
      const admin = server.database('least')
      await query(
        admin,
        'create table public.orders (id integer); create schema payroll; create table payroll.pay (id integer)',
      )
      await query(admin, ROLES)
      const owner = address('least', {user: 'clambake_owner', password: 'OWNER_PASSWORD'})
      const member = address('least', {user: 'clambake_member', password: 'MEMBER_PASSWORD'})
      // Before the owner made the tables the member is told what to do.
      expect(await checkPostgresHealth(member)).toMatchObject({
        kind: 'unavailable',
        message: expect.stringMatching(/this role may not make them .*role that owns the schema/),
      })
      expect(await checkPostgresHealth(owner)).toMatchObject({kind: 'sound'})
      await query(admin, LEDGERS)

      await using hub = open(member)
      const peer = {
        ...({id: 'shop-1', project: 'acme/shop', directory: '/shop', task: '', model: 'claude'} as const),
        ...({status: 'active', host: null, process: null, session: null} as const),
      }
      await hub.join(peer)
      expect(await hub.beat('shop-1')).toBe(true)
      const draft = {to: '@all', kind: 'info', text: 'hello', resource: null, lifeMs: null, answers: null} as const
      const held = await hub.send(ADA, {...draft, kind: 'blocker', resource: 'docker'})
      expect((await hub.handOver(peer)).given).toHaveLength(1)
      await hub.begun('shop-1', [held.id])
      await hub.send(ADA, {...draft, kind: 'done', answers: held.id})
      await hub.reservations.reserve(ADA, {patterns: ['src/**'], why: '', lifeMs: null})
      await hub.reservations.release(ADA, null)
      await hub.log({instance: 'shop-1', project: 'acme/shop', action: 'started', detail: ''})
      await hub.leave('shop-1')
      expect(await hub.seen()).toEqual([])
      expect(await query(member, 'select count(*) as n from clambake.recent_activity')).toEqual([{n: '1'}])

      for (const statement of [
        'drop table clambake.messages',
        'alter table clambake.messages add column x text',
        'truncate clambake.messages',
        'create table clambake.mine (id integer)',
        'create index on clambake.messages (body)',
        'drop trigger tell_change on clambake.messages',
        'create or replace function clambake.tell_change() returns trigger language sql as $$ select null $$',
        'drop schema clambake cascade',
        "insert into clambake.hub_migration values ('999-x', 'now')",
        'delete from clambake.kysely_migration',
        'create schema mine',
        'select * from public.orders',
        'select * from payroll.pay',
        'set role clambake_owner',
        'set session authorization postgres',
        'create role more',
        "copy clambake.messages to program 'true'",
      ]) {
        await expect(query(member, statement), statement).rejects.toMatchObject({code: '42501'})
      }
    })

    it.each<[string, () => Record<string, string>]>([
      ['require', () => ({sslmode: 'require'})],
      ['require, with the authority', () => ({sslmode: 'require', sslrootcert: right.ca})],
      ['verify-ca', () => ({sslmode: 'verify-ca', sslrootcert: right.ca})],
      ['verify-full', () => ({sslmode: 'verify-full', sslrootcert: right.ca})],
    ])('is reached by TLS with %s', async (_mode, tls) => {
      const url = postgresUrl(address('tls', {tls: tls()}))
      expect(await checkPostgresHealth(url)).toMatchObject({kind: 'sound'})
      expect(await query(url, 'select ssl from pg_stat_ssl where pid = pg_backend_pid()')).toEqual([{ssl: true}])
    })

    it.each<[string, RegExp, () => Record<string, string>]>([
      ['of another authority', /not signed by the authority/, () => ({sslmode: 'verify-full', sslrootcert: other.ca})],
      ['of another authority, by require', /not signed by/, () => ({sslmode: 'require', sslrootcert: other.ca})],
      ['that no authority vouches for', /not signed by the authority/, () => ({sslmode: 'verify-full'})],
      [
        'whose authority is in no file',
        /nowhere.pem is not there/,
        () => ({sslmode: 'verify-full', sslrootcert: '/nowhere.pem'}),
      ],
    ])('refuses a certificate %s, and says so without the password', async (_which, why, tls) => {
      const health = await checkPostgresHealth(postgresUrl(address('tls', {tls: tls()})))
      expect(health).toMatchObject({kind: 'unavailable', message: expect.stringMatching(why)})
      expect(JSON.stringify(health)).not.toContain(PASSWORD)
      await using hub = open(address('tls', {tls: tls()}))
      await expect(hub.seen()).rejects.toMatchObject({code: 'hub-unavailable', message: expect.stringMatching(why)})
    })

    it('refuses a certificate for another host, and takes it where only the authority counts', async () => {
      const elsewhere = certificate(folder.path, 'elsewhere', 'DNS:db.example.com')
      await using far = await startPostgres(POSTGRES!, elsewhere)
      const url = new URL(far.database('far'))
      url.searchParams.set('sslrootcert', elsewhere.ca)
      url.searchParams.set('sslmode', 'verify-full')
      expect(await checkPostgresHealth(postgresUrl(url.href))).toMatchObject({
        message: expect.stringMatching(/certificate is for another name/),
      })
      url.searchParams.set('sslmode', 'verify-ca')
      expect(await checkPostgresHealth(postgresUrl(url.href))).toMatchObject({kind: 'sound'})
    })
  })

/** As the hub opens it. */
function postgresUrl(text: string): string {
  const place = postgresPlace(text)
  return place.kind === 'postgres' ? place.url : text
}
