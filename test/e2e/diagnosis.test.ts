import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {run} from '../../src/base/run.ts'
import type {ClaimRow, Finding} from '../../src/protocol/daemon.ts'
import {openPlay, type Play} from './stage.ts'

/** A slow agent's turn is still going on when a command looks. */
const SLOW = 5000
const READY = {title: 'Cart', body: 'Make it.', labels: ['route:ready']}
const TURNS = [[{do: 'run' as const, args: ['true']}]]

/** A branch of an agent that has a commit and no owner. */
async function abandon(play: Play, branch: string): Promise<void> {
  const who = Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap(role => [
      [`GIT_${role}_NAME`, 'Ada'],
      [`GIT_${role}_EMAIL`, 'ada@example.com'],
    ]),
  )
  const git = (...args: string[]) => run('git', {args, cwd: play.checkout, env: {...play.env, ...who}})
  await git('switch', '-q', '-c', branch)
  await writeFile(join(play.checkout, 'half.txt'), 'half')
  await git('add', 'half.txt')
  await git('commit', '-q', '-m', 'Half of it')
  await git('switch', '-q', 'main')
}

it('what is stuck is found, what is safe is done, and the rest is for a person', {timeout: 120_000}, async () => {
  const bare = {...READY, title: 'Bare', turns: TURNS}
  await using play = await openPlay({issues: [{...READY, turns: TURNS}, bare], pace: SLOW})
  expect(await play.command(['agents', 'validate'])).toMatchObject({exitCode: 0})
  await abandon(play, 'agent002/1-cart')
  const found = await play.command(['agents', 'diagnose'])
  expect(found.exitCode).toBe(1)
  expect(found.stdout).toMatch(
    /✗ branch-without-claim +agent002\/1-cart +holds 1 commit, .*clambake recover agent002\/1/,
  )
  expect(found.stdout).toContain('1 finding, 1 of them for you')
  expect(await play.command(['agents', 'validate'])).toMatchObject({exitCode: 1})

  play.repository.addLabels(2, 'agent003', 'agent:in-progress')
  expect(await play.command(['agents', 'diagnose', '2', '--fix'])).toMatchObject({exitCode: 0})
  expect(play.repository.issue(2).labels).toEqual(['route:ready'])
  const dry = await play.command(['agents', 'recover', 'agent002', '--dry-run'])
  expect(dry.stdout).toContain('would open a pull request for a person: agent002/1-cart')
  const recovered = await play.command(['agents', 'recover', 'agent002', '--yes'])
  expect(recovered.stdout).toMatch(/✓ #\d+ is open for a person/)
  expect(await play.command(['agents', 'diagnose', 'nobody'])).toMatchObject({exitCode: 2})
})

it('a reset asks first, keeps the work and gives the issue back', {timeout: 120_000}, async () => {
  await using play = await openPlay({issues: [{...READY, turns: TURNS}], pace: SLOW})
  await play.popped(1)
  expect(await play.command(['agents', 'validate'])).toMatchObject({exitCode: 0, stdout: expect.stringContaining('✓')})
  const asked = await play.command(['agents', 'reset', 'a1'])
  expect(asked).toMatchObject({exitCode: 1})
  expect(asked.stdout).toMatch(/^Reset of agent001 on #1:\n {2}save everything in .*\n[\s\S]*Nothing was changed/)
  const done = await play.command(['agents', 'reset', 'a1', '--yes'])
  expect(done.stdout).toMatch(/^agent001 is reset; #1 is ready again\nkept: refs\/clambake\/rescue\//)
  expect(play.repository.issue(1).labels).toEqual(['route:ready'])
  const {claims} = (await play.json('claims')) as {claims: ClaimRow[]}
  expect(claims).toEqual([])
  const {findings} = (await play.json('agents', 'diagnose')) as {findings: Finding[]}
  expect(findings).toEqual([])
  expect((await play.command(['agents', 'reset', 'a1', '--yes'])).stderr).toContain('nothing to reset')
})
