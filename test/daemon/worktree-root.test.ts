import {mkdirSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {withKeptRoot} from '../../src/daemon/start/worktree-root.ts'
import {aConfig} from '../model/builders.ts'

it('keeps the folder of worktrees as long as a ticket has one there', () => {
  using made = temporaryFolder()
  const [root, folder] = [join(made.path, 'shop'), join(made.path, 'state')]
  mkdirSync(folder)
  const start = (setting: string, readOnly = false) =>
    withKeptRoot(aConfig({agents: {workspace_root: setting}}), {root, folder, readOnly}).agents.workspace_root
  expect(start('.clambake/worktrees')).toBe('.clambake/worktrees')
  mkdirSync(join(root, '.clambake/worktrees/issue-7'), {recursive: true})
  expect(start('../trees')).toBe('.clambake/worktrees')
  // The same folder in other words is no change.
  expect(start('./.clambake/worktrees/')).toBe('./.clambake/worktrees/')
  expect(start('../trees')).toBe('./.clambake/worktrees/')
  rmSync(join(root, '.clambake/worktrees/issue-7'), {recursive: true})
  mkdirSync(join(root, '.clambake/worktrees/.leaving'))
  expect(start('../trees', true)).toBe('../trees')
  expect(readFileSync(join(folder, 'worktree-root'), 'utf8')).toBe('./.clambake/worktrees/\n')
  expect(start('../trees')).toBe('../trees')
  mkdirSync(join(made.path, 'trees/issue-8'), {recursive: true})
  expect(start('.clambake/worktrees')).toBe('../trees')
})
