import {mkdirSync, renameSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {RepositoryGone} from '../../src/host/repository-gone.ts'
import {ManualClock} from '../terminal/helpers.ts'

const MINUTE = 60_000

it('says that a repository is gone after minutes, not while it is away for a moment, nor where none was', () => {
  using folder = temporaryFolder()
  const [shop, other] = [join(folder.path, 'shop'), join(folder.path, 'other')]
  mkdirSync(join(shop, '.git'), {recursive: true})
  const clock = new ManualClock()
  const gone = new RepositoryGone(clock)
  const lookAfter = (minutes: number, root: string | undefined = shop) => {
    clock.advance(minutes * MINUTE)
    return gone.look(root)
  }
  expect([lookAfter(0, other), lookAfter(9, other), lookAfter(0), lookAfter(9)]).toEqual([false, false, false, false])
  renameSync(shop, other)
  expect([lookAfter(1), lookAfter(4)]).toEqual([false, false])
  renameSync(other, shop)
  expect(lookAfter(1)).toBe(false)
  renameSync(shop, other)
  // Its daemon could not be started again, so none names the folder.
  expect([lookAfter(1), lookAfter(4), gone.look(undefined), lookAfter(1, undefined)]).toEqual([
    false,
    false,
    false,
    true,
  ])
})
