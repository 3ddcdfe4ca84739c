import {describe, expect, it} from 'vitest'
import {setUpWorktree, verifyWork} from '../../src/agents/jobs/verify.ts'
import {defaultConfig} from '../../src/model/data/config.ts'

type Gateways = Parameters<typeof verifyWork>[0]

/** A worktree whose command fails with these words, on a disk that is full or has room. */
function failing(output: string, {isFull}: {isFull: boolean}): Gateways {
  return {
    git: {isSetUp: async () => false, ignored: async () => new Set(), inspect: async () => ({head: 'h'})},
    hub: {append() {}},
    jobs: {run: async () => ({command: 'npm ci', exit: 'exit code 1', output})},
    config: defaultConfig,
    isFull: () => isFull,
  } as unknown as Gateways
}

const effect = {ticket: 1, branch: 'b', session: 's', worktree: '/w', head: 'h'}
const FULL = 'npm error nospc ENOSPC: no space left on device, write'

describe('a command that failed as the disk was full', () => {
  it('is no failed set-up and no red work: it runs again once there is room', async () => {
    const gateways = failing(FULL, {isFull: true})
    const message = expect.stringContaining('`npm ci` failed (exit code 1) in /w')
    await expect(setUpWorktree(gateways, {name: 'setUpWorktree', ...effect})).rejects.toMatchObject({
      code: 'disk-full',
      message,
    })
    await expect(verifyWork(gateways, {name: 'verifyWork', ...effect})).rejects.toMatchObject({
      code: 'disk-full',
      message,
    })
  })

  it.each([
    ['has room, as its words may be those of a test', failing(FULL, {isFull: false})],
    ['is full, of which it does not say a word', failing('1 test failed', {isFull: true})],
  ])('is what it is where the disk %s', async (_, gateways) => {
    await expect(setUpWorktree(gateways, {name: 'setUpWorktree', ...effect})).rejects.toMatchObject({
      code: 'setup-failed',
    })
    expect(await verifyWork(gateways, {name: 'verifyWork', ...effect})).toMatchObject([{failure: {command: 'npm ci'}}])
  })
})
