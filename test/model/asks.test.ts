import fc from 'fast-check'
import {expect, it} from 'vitest'
import {
  type OpenRequest,
  type OpenRequests,
  openRequest,
  type RequestEvent,
  stepRequests,
} from '../../src/model/agent/asks.ts'

function request(pane: string, id: number): OpenRequest {
  const asks = {
    id,
    kind: 'permission' as const,
    tool: 'Bash',
    input: '',
    directory: '/w',
    since: 0,
    rule: null,
    questions: [],
  }
  return {pane, asks, tool: 'Bash', input: {}, directory: '/w', what: '', call: '', by: '', updates: []}
}

const pane = fc.constantFrom('p1', 'p2')
const event = fc.oneof(
  fc.tuple(pane, fc.nat(9)).map(
    ([of, id]): RequestEvent => ({
      type: 'asked',
      // A number belongs to one pane.
      request: request(of, 2 * id + (of === 'p1' ? 0 : 1)),
    }),
  ),
  fc.nat(19).map((id): RequestEvent => ({type: 'settled', id})),
  pane.map((of): RequestEvent => ({type: 'wentOn', pane: of})),
)

it('an agent asks for its newest request that was neither settled nor left behind', () => {
  fc.assert(
    fc.property(fc.array(event, {maxLength: 40}), events => {
      const open = events.reduce(stepRequests, {} as OpenRequests)
      for (const of of ['p1', 'p2']) {
        const left = events.findLastIndex(entry => entry.type === 'wentOn' && entry.pane === of)
        const still = events.flatMap((entry, index) => {
          if (entry.type !== 'asked' || entry.request.pane !== of || index < left) return []
          const {id} = entry.request.asks
          return events.slice(index).some(later => later.type === 'settled' && later.id === id) ? [] : [id]
        })
        expect(openRequest(open, of)?.asks.id).toBe(still.length === 0 ? undefined : Math.max(...still))
      }
    }),
  )
})

it('one that asks keeps its request while another agent of its pane continues', () => {
  const asked = [request('p1', 1), {...request('p1', 2), by: 'helper'}].reduce(
    (open, entry) => stepRequests(open, {type: 'asked', request: entry}),
    {} as OpenRequests,
  )
  const left = stepRequests(asked, {type: 'wentOn', pane: 'p1', by: 'helper'})
  expect(openRequest(left, 'p1')?.asks.id).toBe(1)
  expect(stepRequests(left, {type: 'wentOn', pane: 'p1', by: ''})).toEqual({})
  expect(stepRequests(asked, {type: 'wentOn', pane: 'p1'})).toEqual({})
})

it('counts the same request once', () => {
  const twice = [1, 1].reduce((open, id) => stepRequests(open, {type: 'asked', request: request('p1', id)}), {})
  expect(openRequest(stepRequests(twice, {type: 'settled', id: 1}), 'p1')).toBeUndefined()
})
