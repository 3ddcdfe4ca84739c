import {type AddressInfo, createServer, type Socket} from 'node:net'
import {sql} from 'kysely'
import pg from 'pg'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {PASSWORD, type PostgresServer} from '../../fixtures/postgres/server.ts'
import {startProxy} from '../../fixtures/tcp/proxy.ts'
import {systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import type {CallMessage, HubCall} from '../../src/hub/calls.ts'
import {createCoordination} from '../../src/hub/coordination.ts'
import {type Hub, openHub} from '../../src/hub/hub.ts'
import {openPostgres} from '../../src/hub/postgres/database.ts'
import {PostgresEngine} from '../../src/hub/postgres/engine.ts'
import type {TroubleError} from '../../src/hub/trouble.ts'
import {settled, WORKER} from './open.ts'
import {draft, sender, session} from './samples.ts'
import {POSTGRES, postgresPlace, postgresStores, query, WITHOUT_POSTGRES} from './stores.ts'

const open = (url: string): Promise<Hub> =>
  openHub({place: postgresPlace(url), repository: 'acme/widgets', clock: systemClock, log: silentLog, worker: WORKER})

const HOUR = 60 * 60_000

const event = (ticket: number) => ({type: 'status_update', message: 'at work', ticket}) as const

if (POSTGRES === null) it.skip(`a hub ${WITHOUT_POSTGRES}`, () => {})
else
  describe('a hub on Postgres', () => {
    let stores: Awaited<ReturnType<typeof postgresStores>>
    let server: PostgresServer
    beforeAll(async () => {
      stores = await postgresStores()
      server = stores.server
    })
    afterAll(() => stores[Symbol.asyncDispose]())

    it('loses nothing that was acknowledged, when the line is cut again and again and when the server dies', async () => {
      await using proxy = await startProxy(server.port)
      const direct = server.database('cut')
      await using hub = await open(server.database('cut', proxy.port))
      const acknowledged: number[] = []
      const sent: string[] = []
      const send = (text: string) =>
        hub.sessions
          .send(
            {name: 'ada', instance: null, project: null},
            {
              to: '@all',
              kind: 'info',
              text,
              resource: null,
              lifeMs: null,
              answers: null,
            },
          )
          .then(() => sent.push(text))
      let ticket = 0
      const breaks = [
        async () => proxy.cut(),
        async () => proxy.cut(),
        async () => {
          await server.kill()
          proxy.cut()
        },
      ]
      for (const cut of breaks) {
        for (let n = 0; n < 20; n++) {
          hub.append(event(++ticket))
          await hub.flush()
          acknowledged.push(ticket)
        }
        await send(`before ${ticket}`)
        const talk = send(`at the cut ${ticket}`)
        for (let n = 0; n < 20; n++) hub.append(event(++ticket))
        const open = Promise.allSettled([hub.flush(), talk])
        await cut()
        await open
        hub.append(event(++ticket))
        await expect(hub.recent(1)).rejects.toMatchObject({code: 'hub-unavailable'})
        if (cut === breaks[2]) await server.start()
        proxy.restore()
        await expect.poll(() => hub.recent(1).catch(() => []), {timeout: 20_000}).toHaveLength(1)
      }
      // What was only held comes by itself, each once.
      await settled(hub)
      const rows = await query(direct, 'select ticket from clambake.events order by seq')
      expect(rows.map(row => row.ticket)).toEqual(Array.from({length: ticket}, (_, n) => n + 1))
      expect(acknowledged.length).toBe(60)
      const mail = await query(direct, 'select body from clambake.messages')
      const bodies = mail.map(row => row.body)
      expect(bodies).toEqual(expect.arrayContaining(sent))
      expect(new Set(bodies).size).toBe(bodies.length)
    })

    it('touches nothing but its schema, and needs no right on anything else', async () => {
      const admin = server.database('shared')
      await query(admin, 'create table public.orders (id integer); insert into public.orders values (1)')
      await query(admin, "create role hub_user login password 'hub'")
      await query(admin, 'create schema clambake authorization hub_user')
      await query(admin, 'revoke all on schema public from public')
      const others = `select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname not in ('clambake', 'pg_toast') order by 1, 2`
      const before = await query(admin, others)
      const own = new URL(admin)
      own.username = 'hub_user'
      own.password = 'hub'
      {
        await using hub = await open(own.href)
        hub.append(event(1))
        await hub.flush()
        expect(await hub.recent(1)).toHaveLength(1)
      }
      expect(await query(admin, others)).toEqual(before)
      const names = await query(
        admin,
        "select table_name from information_schema.tables where table_schema = 'clambake'",
      )
      expect(names.map(row => row.table_name)).toEqual(
        expect.arrayContaining([
          ...['instances', 'messages', 'project_memory', 'global_memory', 'session_log'],
          ...['active_instances', 'unread_messages', 'recent_activity'],
        ]),
      )
      for (const view of ['active_instances', 'unread_messages', 'recent_activity']) {
        await query(own.href, `select * from clambake.${view}`)
      }
    })

    it('lets the server end what a client gave up or keeps while it is suspended', async () => {
      await using database = await openPostgres(server.database('limits'))
      const shown = async (name: string) =>
        (await sql<Record<string, string>>`show ${sql.raw(name)}`.execute(database.kysely)).rows[0]?.[name]
      const settings = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']
      // The first is below the time after which the client gives up.
      expect(await Promise.all(settings.map(shown))).toEqual(['18s', '10s', '30s'])
    })

    it('is waited for once while another client holds its tables, and what waited is ended', async () => {
      const url = server.database('locked')
      await using engine = new PostgresEngine({url, notify: () => {}, lockMs: 300})
      const call = (id: number) =>
        engine.run({id, name: 'reservations', argument: {at: 0}}).catch((error: TroubleError) => error.kind)
      expect(await call(1)).toEqual([])
      const holder = new pg.Client({connectionString: url})
      await holder.connect()
      await holder.query('begin; lock table clambake.reservations in access exclusive mode')
      const began = performance.now()
      expect(await Promise.all([2, 3, 4, 5, 6, 7, 8].map(call))).toEqual(Array(7).fill('locked'))
      expect(performance.now() - began).toBeLessThan(2000)
      const waiting = await holder.query("select 1 from pg_stat_activity where wait_event_type = 'Lock'")
      expect(waiting.rows).toEqual([])
      await holder.end()
      await expect.poll(() => call(9), {timeout: 10_000}).toEqual([])
    })

    it('goes by its own clock where those of the machines differ', async () => {
      const url = server.database('clocks')
      await using machines = new AsyncDisposableStack()
      const machine = (aheadMs: number) => {
        const clock = {...systemClock, now: () => Date.now() + aheadMs}
        const engine = machines.use(new PostgresEngine({url, notify: () => {}, clock}))
        const call = ((name: string, argument: object) => engine.run({id: 1, name, argument} as CallMessage)) as HubCall
        return createCoordination({call, clock, isAlive: async () => null})
      }
      const [here, ahead, behind] = [machine(0), machine(3 * HOUR), machine(-25 * HOUR)]
      await here.join(session('here-1'))
      await behind.join(session('behind-1'))
      await ahead.join(session('ahead-1'))
      const blocker = draft('@all', {kind: 'blocker', resource: 'docker', lifeMs: HOUR})
      await ahead.send(sender('ahead-1'), blocker)
      await behind.send(sender('behind-1'), draft('here-1', {text: 'hello'}))
      for (const hub of [here, ahead, behind]) {
        expect((await hub.seen()).map(({standing}) => standing)).toEqual(['active', 'active', 'active'])
        expect(await hub.blockers()).toHaveLength(1)
      }
      const [held] = await here.blockers()
      expect(Math.abs(held!.expiresAt - Date.now() - HOUR)).toBeLessThan(60_000)
      expect((await here.handOver(session('here-1'))).given.map(({text}) => text)).toContain('hello')
    })

    it('leaves a schema of another program as it is', async () => {
      const url = server.database('other')
      await query(url, 'create schema clambake; create table clambake.instances (instance_id text)')
      await using hub = await open(url)
      await expect(hub.recent(1)).rejects.toMatchObject({message: expect.stringMatching(/another program.*rename/s)})
      expect(
        await query(url, "select table_name from information_schema.tables where table_schema = 'clambake'"),
      ).toEqual([{table_name: 'instances'}])
    })

    it('is made by one of many that open it at once', async () => {
      const url = server.database('many')
      const hubs = await Promise.all(Array.from({length: 4}, () => open(url)))
      try {
        for (const [n, hub] of hubs.entries()) hub.append(event(n + 1))
        await Promise.all(hubs.map(hub => hub.flush()))
        expect(await hubs[0]!.recent(10)).toHaveLength(4)
      } finally {
        for (const hub of hubs) await hub[Symbol.asyncDispose]()
      }
    })

    it('is waited for once while the server does not answer, not by every call', async () => {
      const held = new Set<Socket>()
      const silent = createServer(socket => void held.add(socket))
      await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
      try {
        const {port} = silent.address() as AddressInfo
        await using hub = await open(`postgres://postgres@127.0.0.1:${port}/x`)
        await expect(hub.recent(1)).rejects.toMatchObject({code: 'hub-unavailable'})
        const before = held.size
        for (let n = 0; n < 5; n++) {
          await expect(hub.recent(1)).rejects.toMatchObject({message: expect.stringContaining('timeout')})
        }
        expect(held.size).toBe(before)
      } finally {
        for (const socket of held) socket.destroy()
        silent.close()
      }
    })

    it.each([
      ['a wrong password', (url: URL) => (url.password = 'wrong'), /password authentication failed/],
      ['a server without TLS where TLS is asked for', (url: URL) => url.searchParams.set('sslmode', 'require'), /SSL/],
      ['no such database', (url: URL) => (url.pathname = '/nowhere'), /does not exist/],
      ['no server', (url: URL) => (url.port = '1'), /ECONNREFUSED/],
    ])('says what is wrong with %s, without the password', async (_what, change, reason) => {
      const url = new URL(server.database('wrong'))
      change(url)
      await using hub = await open(url.href)
      const error: unknown = await hub.recent(1).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({code: 'hub-unavailable', message: expect.stringMatching(reason)})
      expect(JSON.stringify(error)).not.toContain(PASSWORD)
    })
  })
