import {expect, it} from 'vitest'
import {checkDisks} from '../../../src/cli/doctor/disks.ts'

const GB = 1024 ** 3

it('checks each disk that is written to once, and names the full one', async () => {
  const rooms: Record<string, {disk: number; freeBytes: number; freeFiles: number}> = {
    '/shop': {disk: 1, freeBytes: 76 * GB, freeFiles: 9},
    '/state': {disk: 2, freeBytes: 0, freeFiles: 9},
    '/tmp': {disk: 3, freeBytes: GB, freeFiles: 0},
  }
  const env = {CLAMBAKE_STATE_DIR: '/state', TMPDIR: '/tmp'}
  const check = () => checkDisks({env, folder: '/shop', look: async folder => rooms[folder]!})
  expect((await check()).map(({state, detail}) => [state, detail])).toEqual([
    ['good', '76.0 GB free'],
    ['bad', '0.0 GB free for state, in /state'],
    ['bad', 'no file more (no inodes) for temporary files, in /tmp'],
  ])
  rooms['/state'] = rooms['/shop']!
  rooms['/tmp'] = rooms['/shop']!
  expect(await check()).toHaveLength(1)
})

it('asks for the room of checkouts where the worktrees have a disk of their own', async () => {
  const rooms: Record<string, {disk: number; freeBytes: number; freeFiles: number}> = {
    '/shop': {disk: 1, freeBytes: 76 * GB, freeFiles: 9},
    '/trees': {disk: 2, freeBytes: GB / 2, freeFiles: 9},
  }
  const env = {CLAMBAKE_STATE_DIR: '/shop', TMPDIR: '/trees'}
  const look = async (folder: string) => rooms[folder]!
  const check = () => checkDisks({env, folder: '/shop', worktrees: '/trees', look})
  const shown = async () => (await check()).map(({state, detail}) => [state, detail])
  expect(await shown()).toEqual([
    ['good', '76.0 GB free'],
    ['bad', '0.5 GB free for worktrees, in /trees'],
  ])
  rooms['/trees']!.freeBytes = 2 * GB
  expect((await shown())[1]).toEqual(['hint', '2.0 GB free for worktrees, in /trees'])
  rooms['/trees'] = rooms['/shop']!
  expect(await shown()).toHaveLength(1)
})

it('looks at real disks, also for a folder that is to be made', async () => {
  const env = {CLAMBAKE_STATE_DIR: '/no/such/folder'}
  expect((await checkDisks({env, folder: '/'})).map(({name}) => name)).toContain('disk')
})
