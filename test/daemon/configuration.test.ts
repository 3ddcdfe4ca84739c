import {rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it, vi} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import type {ErrorData} from '../../src/base/errors.ts'
import {watchConfiguration} from '../../src/daemon/loops/configuration.ts'

it('a configuration that changes under a running daemon is named, and so is a wrong one, until it is right again', async () => {
  await using folder = temporaryFolder()
  const clock = createFakeClock()
  const file = join(folder.path, 'clambake.toml')
  const told: (ErrorData | null)[] = []
  writeFileSync(file, '[routing]\nmax_agents = 2\n')
  using _watch = watchConfiguration({
    root: folder.path,
    env: {},
    clock,
    onTrouble: (_, error) => void told.push(error),
  })
  /** What it says of a file at its next look. */
  async function after(text: string | null): Promise<ErrorData | null> {
    if (text === null) rmSync(file)
    else writeFileSync(file, text)
    const before = told.length
    await vi.waitFor(async () => {
      await clock.advance(15_000)
      expect(told.length).toBeGreaterThan(before + 1)
    })
    return told.at(-1) ?? null
  }
  await vi.waitFor(async () => {
    await clock.advance(0)
    expect(told).toEqual([null])
  })
  expect(await after('# a comment changes nothing\n[routing]\nmax_agents = 2\n')).toBeNull()
  expect(await after('[routing]\nmax_agents = 3\n')).toMatchObject({
    message: 'clambake.toml has changed, and the daemon works by what it read before',
    next: expect.stringContaining('clambake daemon reload'),
  })
  expect(await after('[routing]\nmax_agents = "many"\nauto = 1\n')).toMatchObject({
    message: expect.stringMatching(/has 2 mistakes:; line 2: routing\.max_agents must be .*; line 3: routing\.auto/),
    kept: 'the daemon works by what it read before',
  })
  expect(await after(null)).toMatchObject({message: expect.stringContaining('has changed')})
  expect(await after('[routing]\nmax_agents = 2\n')).toBeNull()
})
