import fc from 'fast-check'
import {expect, it} from 'vitest'
import {createKeyedMutex, createMutex} from '../../src/base/mutex.ts'

it('runs one task at a time in the order of the calls, through failures', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(fc.boolean(), {maxLength: 8}), async (scheduler, failing) => {
      const mutex = createMutex()
      const log: string[] = []
      const results = failing.map((fails, index) =>
        mutex.run(async () => {
          log.push(`begin ${index}`)
          await scheduler.schedule(Promise.resolve())
          log.push(`end ${index}`)
          if (fails) throw new Error(`task ${index}`)
          return index
        }),
      )
      const settled = Promise.allSettled(results)
      await scheduler.waitFor(settled)
      expect(log).toEqual(failing.flatMap((_, index) => [`begin ${index}`, `end ${index}`]))
      expect((await settled).map(result => result.status)).toEqual(
        failing.map(fails => (fails ? 'rejected' : 'fulfilled')),
      )
    }),
    {numRuns: 50},
  )
})

it('keeps keys apart: one key waits for itself alone', async () => {
  const mutex = createKeyedMutex()
  const order: string[] = []
  const gate = Promise.withResolvers<void>()
  const first = mutex.run('a', async () => {
    await gate.promise
    order.push('a1')
  })
  const second = mutex.run('a', async () => order.push('a2'))
  await mutex.run('b', async () => order.push('b'))
  gate.resolve()
  await Promise.all([first, second])
  expect(order).toEqual(['b', 'a1', 'a2'])
})

it('lets the next in after a failure of the same key', async () => {
  const mutex = createKeyedMutex()
  const failure = mutex.run('a', async () => {
    throw new Error('first')
  })
  const after = mutex.run('a', async () => 'second')
  await expect(failure).rejects.toThrow('first')
  expect(await after).toBe('second')
})
