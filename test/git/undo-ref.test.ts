import {rm} from 'node:fs/promises'
import {expect, it} from 'vitest'
import type {Repository} from '../../src/git/repository.ts'
import {createSandbox, startTicket} from './setup.ts'

const at = '2026-11-30T08:00:00.000Z'

/** Notes a step that took a ref of this commit away, or none. */
async function noteStep(repository: Repository, group: string, oid?: string): Promise<void> {
  const ref = 'refs/clambake/rescue/issue-1/old'
  const parts = oid === undefined ? [] : [{do: 'ref', ref, oid, remote: false} as const]
  await repository.noteStep({version: 1, at, by: 'ada', what: 'cleaned up', steps: ['cleaned up'], group, parts})
}

it('a commit of a deleted worktree that only the last step names is rescued, as the next step takes that name', async () => {
  await using sandbox = await createSandbox()
  const clone = await sandbox.clone()
  const repository = await sandbox.open(clone)
  const {work, path, branch} = await startTicket(repository, 1, clone)
  const head = await work.commitFile('only.txt', 'only')
  await noteStep(repository, 'one', head)
  await work.git('switch', '--quiet', '--detach')
  await clone.git('branch', '-D', branch)
  await rm(path, {recursive: true})
  await repository.removeWorktree({path, branch, landed: null})
  await noteStep(repository, 'two')
  expect(await clone.git('for-each-ref', `--contains=${head}`)).toContain('refs/clambake/rescue/issue-1/')
})

it('so is one that an agent reset away', async () => {
  await using sandbox = await createSandbox()
  const clone = await sandbox.clone()
  const repository = await sandbox.open(clone)
  const {work, path, branch} = await startTicket(repository, 1, clone)
  const gone = await work.commitFile('only.txt', 'only')
  await work.git('reset', '--quiet', '--hard', 'HEAD~1')
  await noteStep(repository, 'one', gone)
  await repository.removeWorktree({path, branch, landed: null})
  await noteStep(repository, 'two')
  expect(await clone.git('for-each-ref', `--contains=${gone}`)).toContain('refs/clambake/rescue/issue-1/')
})
