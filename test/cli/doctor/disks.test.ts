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

it('looks at real disks, also for a folder that is to be made', async () => {
  const env = {CLAMBAKE_STATE_DIR: '/no/such/folder'}
  expect((await checkDisks({env, folder: '/'})).map(({name}) => name)).toContain('disk')
})
