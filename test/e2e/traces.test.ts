import {appendFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import {type OtlpReceiver, type ReceivedSpan, startOtlpReceiver, type Tree} from '../../fixtures/otlp/receiver.ts'
import {poll} from '../../src/base/clock.ts'
import type {StoredEvent} from '../../src/model/data/event.ts'
import {quickCi} from './checks.ts'
import {openPlay} from './stage.ts'
import {stateWhen, traceInClaim, type} from './steps.ts'

const ASKS: DemoIssue = {
  title: 'Count the cups',
  body: 'All of them.',
  labels: ['route:ready'],
  turns: [
    [
      {do: 'ask', command: 'count'},
      {do: 'edit', file: 'docs/cups.md', content: '# Cups\n'},
      {do: 'commit', message: 'Count the cups'},
    ],
  ],
}

async function spanWhen(sink: OtlpReceiver, fits: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan> {
  const found = await poll(() => sink.spans.find(fits), {everyMs: 20, timeoutMs: 30_000})
  if (found) return found
  throw new Error(`no such span came, but: ${sink.spans.map(span => `${span.service} ${span.name}`).join(', ')}`)
}

const childrenOf = (tree: Tree) => (Object.values(tree)[0] ?? []).flatMap(child => Object.keys(child))

it("is one tree for a ticket's whole way, over processes and a daemon's death", {timeout: 240_000}, async () => {
  await using sink = await startOtlpReceiver()
  await using play = await openPlay({issues: [ASKS], ci: quickCi, pace: 5})
  appendFileSync(join(play.checkout, 'clambake.toml'), `\n[observability]\notlp_endpoint = "${sink.endpoint}"\n`)
  await play.popped()
  await stateWhen(play, ({agents}) => agents[0]?.state === 'waiting')
  // Spans travel in batches; what the dead daemon had not sent is gone, and would be missed here.
  await spanWhen(sink, ({name}) => name === 'promptAgent')
  process.kill(play.pids().daemon!, 'SIGKILL')
  const traceparent = await traceInClaim(play, 1)
  await stateWhen(play, ({agents}) => agents[0]?.state === 'waiting')
  await type(play, 1, 'y')
  await play.bottled(1)
  await play.landed(1)

  const root = await spanWhen(sink, ({name}) => name === 'agent-001-workflow')
  await spanWhen(sink, ({name}) => name === 'finishTicket')
  expect(`00-${root.traceId}-${root.spanId}-01`).toBe(traceparent)
  expect(root).toMatchObject({parentSpanId: null, service: 'clambake-daemon'})
  expect(root.attributes).toMatchObject({'agent.id': 'agent001', 'ticket.id': 1, 'ticket.outcome': 'merged'})
  const tree = sink.tree(root.traceId)
  const way = ['claimTicket', 'route', 'prepareWorktree', 'startAgent', 'promptAgent', 'inspectWork', 'bottleTicket']
  const landing = ['openPull', 'watchPull', 'mergePull', 'finishTicket']
  expect(childrenOf(tree)).toEqual(expect.arrayContaining([...way, ...landing]))
  // The terminal host's part came over its socket.
  expect(sink.spans.find(({name}) => name === 'pane.spawn')).toMatchObject({
    service: 'clambake-host',
    traceId: root.traceId,
  })
  const route = sink.spans.find(({name}) => name === 'route')
  expect(route?.events).toMatchObject([{name: 'candidate', attributes: {'ticket.id': 1, 'routing.chosen': true}}])

  // A command is a trace of its own that reaches into the daemon, and the ticket tells which one asked for it.
  const command = await spanWhen(sink, ({name}) => name === 'clambake pop')
  const calls = sink.spans.filter(({traceId, name}) => traceId === command.traceId && name === 'pop')
  expect(calls.map(({service}) => service).toSorted()).toEqual(['clambake', 'clambake-daemon'])
  expect(route?.links.map(({traceId}) => traceId)).toEqual([command.traceId])
  sink.tree(command.traceId)

  expect(play.repository.pulls()[0]?.body).toContain(root.traceId)
  const {state} = (await play.json('status')) as {state: {events: StoredEvent[]}}
  const told = state.events.filter(({ticket}) => ticket === 1)
  expect(told.map(({type}) => type)).toEqual(expect.arrayContaining(['issue_assigned', 'pr_merged']))
  expect(new Set(told.map(({traceId}) => traceId))).toEqual(new Set([root.traceId]))
})

it('goes where the environment says', {timeout: 240_000}, async () => {
  await using sink = await startOtlpReceiver()
  await using play = await openPlay({issues: [ASKS], env: {OTEL_EXPORTER_OTLP_ENDPOINT: sink.endpoint}})
  await play.command(['peek'])
  const call = await spanWhen(sink, ({name, service}) => name === 'peek' && service === 'clambake-daemon')
  expect(childrenOf(sink.tree(call.traceId))).toContain('peek')
})
