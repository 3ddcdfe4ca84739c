import {mkdirSync, renameSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {RepositoryGone} from '../../src/host/repository-gone.ts'
import {ManualClock} from '../terminal/helpers.ts'

const MINUTE = 60_000

it('says that a repository is gone after minutes, not while it is away for a moment, nor where none was', async () => {
  using folder = temporaryFolder()
  const [shop, other] = [join(folder.path, 'shop'), join(folder.path, 'other')]
  mkdirSync(join(shop, '.git'), {recursive: true})
  const clock = new ManualClock()
  const gone = new RepositoryGone(clock)
  const lookAfter = (minutes: number, root = shop) => {
    clock.advance(minutes * MINUTE)
    return gone.look(root)
  }
  for (const [minutes, root] of [
    [0, other],
    [9, other],
    [0, shop],
    [9, shop],
  ] as const) {
    expect(await lookAfter(minutes, root)).toBe(false)
  }
  renameSync(shop, other)
  expect(await lookAfter(1)).toBe(false)
  expect(await lookAfter(4)).toBe(false)
  renameSync(other, shop)
  expect(await lookAfter(1)).toBe(false)
  renameSync(shop, other)
  expect(await lookAfter(1)).toBe(false)
  expect(await lookAfter(4)).toBe(false)
  // Its daemon could not be started again, so none names the folder.
  expect(await gone.look(undefined)).toBe(false)
  clock.advance(MINUTE)
  expect(await gone.look(undefined)).toBe(true)
  // Where it cannot be told, it may be there.
  symlinkSync(shop, shop)
  expect(await lookAfter(1)).toBe(false)
  expect(await lookAfter(9)).toBe(false)
})
