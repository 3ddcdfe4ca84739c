import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {localRecordFiles} from '../../src/git/open-runner.ts'
import type {UndoStep} from '../../src/model/data/recovery/undo.ts'
import {createSandbox, refusal} from './setup.ts'

const step = (change: Partial<UndoStep> = {}): UndoStep => ({
  version: 1,
  at: '2026-11-30T08:00:00.000Z',
  by: 'ada@here',
  what: 'archived agent001/7-cart',
  steps: ['archived agent001/7-cart'],
  group: 'one',
  parts: [],
  ...change,
})

it('an agent that writes refs changes neither what a person did last, nor what they chose to leave', async () => {
  await using sandbox = await createSandbox()
  const clone = await sandbox.clone()
  const repository = await sandbox.open(clone)
  const main = await clone.git('rev-parse', 'HEAD')
  const tree = await clone.git('rev-parse', 'HEAD^{tree}')
  const forged = async (ref: string, record: object) => {
    const text = `undo: tidied up\n\n${JSON.stringify(record)}\n`
    await clone.git('update-ref', ref, await clone.git('commit-tree', '-m', text, tree))
  }
  const pushes = {do: 'branch', branch: 'deploy', oid: main, remote: true, here: false} as const
  await forged('refs/clambake/undo', step({parts: [pushes, {do: 'ticket', issue: 9, branch: 'deploy'}]}))
  await forged('refs/clambake/choices', {version: 1, left: ['branch agent001/7-cart']})
  expect(await repository.lastStep()).toBeNull()
  expect(await repository.left()).toEqual(new Set())

  await repository.noteStep(step())
  await repository.leave('stash 1')
  await forged('refs/clambake/undo', step({parts: [pushes]}))
  await forged('refs/clambake/choices', {version: 1, left: []})
  expect(await repository.lastStep()).toEqual(step())
  expect(await repository.left()).toEqual(new Set(['stash 1']))
})

it('what a newer version wrote is kept when a step or a choice is written, and is not taken for none', async () => {
  await using sandbox = await createSandbox()
  const clone = await sandbox.clone()
  const state = join(sandbox.path, 'state')
  const first = await sandbox.open(clone, {state})
  const tree = await clone.git('rev-parse', 'HEAD^{tree}')
  const oid = await clone.git('commit-tree', '-m', 'work that no branch has', tree)
  await first.noteStep(step({parts: [{do: 'branch', branch: 'agent001/7-cart', oid, remote: false, here: true}]}))
  await first.leave('branch a')
  const {choices, lastStep} = localRecordFiles(state, first.commonDir)
  for (const file of [choices, lastStep]) {
    writeFileSync(file, JSON.stringify({...JSON.parse(readFileSync(file, 'utf8')), version: 2}))
  }
  const older = await sandbox.open(clone, {state})
  expect(await refusal(older.lastStep())).toMatchObject({
    code: 'newer-record',
    message: expect.stringContaining(lastStep),
  })
  await older.noteStep(step({what: 'archived another'}))
  await older.leave('branch b')
  expect(await older.lastStep()).toMatchObject({what: 'archived another'})
  expect(JSON.parse(readFileSync(`${lastStep}.unreadable`, 'utf8'))).toMatchObject({version: 2, parts: [{oid}]})
  expect(JSON.parse(readFileSync(`${choices}.unreadable`, 'utf8'))).toEqual({version: 2, left: ['branch a']})
  await clone.git('gc', '--quiet', '--prune=now')
  expect(await clone.git('cat-file', '-t', oid)).toBe('commit')
})

it('the last step outlives the process, and git keeps what it names until it is undone', async () => {
  await using sandbox = await createSandbox()
  const clone = await sandbox.clone()
  const state = join(sandbox.path, 'state')
  const first = await sandbox.open(clone, {state})
  const tree = await clone.git('rev-parse', 'HEAD^{tree}')
  const oid = await clone.git('commit-tree', '-m', 'work that no branch has', tree)
  const noted = step({parts: [{do: 'branch', branch: 'agent001/7-cart', oid, remote: false, here: true}]})
  await first.noteStep(noted)
  await first.leave('branch a')
  await first.leave('branch b')
  await first.leave('branch a')
  await clone.git('gc', '--quiet', '--prune=now')
  const next = await sandbox.open(clone, {state})
  expect(await next.lastStep()).toEqual(noted)
  expect([...(await next.left())]).toEqual(['branch b', 'branch a'])
  await next.bringBack(noted.parts[0]!)
  expect(await clone.git('rev-parse', 'agent001/7-cart')).toBe(oid)
  await next.bringBack({do: 'choice', key: 'branch b'})
  expect([...(await next.left())]).toEqual(['branch a'])
  await next.forgetStep()
  await next.forgetStep()
  expect(await (await sandbox.open(clone, {state})).lastStep()).toBeNull()
  expect(await clone.git('for-each-ref', 'refs/clambake/undo')).toBe('')
})
