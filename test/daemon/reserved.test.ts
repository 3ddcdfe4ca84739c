import {describe, expect, it} from 'vitest'
import {readReserved} from '../../src/cli/read-conflicts.ts'
import {withTouched} from '../../src/daemon/loops/reserved.ts'
import type {AgentId} from '../../src/model/data/ids.ts'
import {NO_HUB, type ReservedRow} from '../../src/protocol/daemon/hub.ts'
import {runLine} from '../cli/command-line.ts'

const row = (more: Partial<ReservedRow> = {}): ReservedRow => ({
  ...{id: 1, pattern: 'src/cart/**', from: 'shop-1', instance: 'shop-1', why: 'moves it', at: 0, expiresAt: 1},
  ...{agent: null, touched: []},
  ...more,
})
const side = (ticket: number, agent: string | null) => ({
  ...{key: `#${ticket}`, label: `#${ticket}`, ticket, branch: `b-${ticket}`},
  agent: agent as AgentId | null,
})
const changed = () => [
  {side: side(1, 'agent001'), paths: ['docs/a.md', 'src/cart/total.ts', 'src/cart/x.ts']},
  {side: side(2, 'agent002'), paths: ['src/shop.ts']},
  {side: side(3, null), paths: ['src/cart/y.ts']},
]
const touchedOf = (reservation: ReservedRow) =>
  withTouched({...NO_HUB, reservations: [reservation]}, changed).reservations[0]?.touched

describe('a reservation', () => {
  it('names the work of others that changes something of it, and not that of its owner', () => {
    expect(touchedOf(row())).toEqual([
      {label: '#1', agent: 'agent001', path: 'src/cart/total.ts'},
      {label: '#3', agent: null, path: 'src/cart/y.ts'},
    ])
    expect(touchedOf(row({agent: 'agent001' as AgentId}))).toEqual([{label: '#3', agent: null, path: 'src/cart/y.ts'}])
    expect(touchedOf(row({pattern: 'src/cart'}))).toHaveLength(2)
    expect(touchedOf(row({pattern: 'lib/**'}))).toEqual([])
    expect(touchedOf(row({pattern: 'docker'}))).toEqual([])
  })

  it('is in conflicts, as text and as JSON, when somebody changes something of it', async () => {
    const hub = withTouched({...NO_HUB, reservations: [row(), row({id: 2, pattern: 'lib/**'})]}, changed)
    const daemon = {call: async () => ({conflicts: [], sides: [side(1, 'agent001')], hub})}
    const printed: unknown[] = []
    const more = {
      runningDaemon: async () => daemon as never,
      print: (value: unknown, text: () => string) => void printed.push(value, text()),
    }
    const {failure} = await runLine(['conflicts'], {daemon, more})
    expect(failure).toBeNull()
    const [json, out] = printed
    expect(out).toBe(
      'It merges with main: #1 a001.\n\n' +
        'src/cart/** is reserved by shop-1, and changed by #1 a001 (src/cart/total.ts), #3 (src/cart/y.ts)',
    )
    expect(json).toMatchObject({reserved: [{id: 1, touched: [{label: '#1'}, {label: '#3'}]}]})
  })
})

it('is not listed without a daemon where the hub is away, which is said', async () => {
  const said: string[] = []
  const openHub = () => Promise.reject(new Error('the hub is away'))
  const look = {sides: [], tried: [], known: {main: '', onto: new Map(), pairs: new Map()}}
  const context = {env: {}, openHub, say: (line: string) => void said.push(line)}
  expect(await readReserved(context, {root: '/shop', look})).toEqual([])
  expect(said).toEqual(['Reservations are not listed: the hub is away'])
})
