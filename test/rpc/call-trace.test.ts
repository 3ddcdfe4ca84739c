import {context, propagation, ROOT_CONTEXT, trace} from '@opentelemetry/api'
import {AsyncLocalStorageContextManager} from '@opentelemetry/context-async-hooks'
import {W3CTraceContextPropagator} from '@opentelemetry/core'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {withDurableParent} from '../../src/base/trace.ts'
import {currentTrace, runInTrace} from '../../src/rpc/call-trace.ts'

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
})
afterAll(() => {
  context.disable()
  propagation.disable()
})

const span = {traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1}

it('goes to the other side and is what the handler runs in, after its waits too', async () => {
  const sent = context.with(trace.setSpanContext(ROOT_CONTEXT, span), currentTrace)
  expect(sent).toBe('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')
  const seen = await runInTrace(sent, 'pop', async () => {
    await Promise.resolve()
    return trace.getSpanContext(context.active())
  })
  expect(seen).toMatchObject({...span, isRemote: true})
})

it('is nothing when nothing is traced, and a call without one does not inherit the server’s', async () => {
  expect(currentTrace()).toBeUndefined()
  const seen = await context.with(trace.setSpanContext(ROOT_CONTEXT, span), () =>
    runInTrace(undefined, 'pop', currentTrace),
  )
  expect(seen).toBeUndefined()
})

it('names the parent that outlives this process, where there is one', () => {
  const root = {...span, spanId: '00f067aa0ba902b7'}
  const within = withDurableParent(trace.setSpanContext(ROOT_CONTEXT, span), root)
  expect(context.with(within, currentTrace)).toBe(`00-${root.traceId}-${root.spanId}-01`)
})
