import {symlink} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {createSandbox, startTicket} from './setup.ts'

describe('a file of main', () => {
  it('is read as the remote has it, never from a worktree, and never through a link', async () => {
    await using sandbox = await createSandbox({'.clambake/prompts/bug.md': 'Trusted\n'})
    const clone = await sandbox.clone()
    await symlink('/etc/hostname', join(clone.dir, 'link.md'))
    await clone.git('add', 'link.md')
    await clone.git('commit', '--quiet', '-m', 'Link')
    await clone.git('push', '--quiet', 'origin', 'main')
    const repository = await sandbox.open(clone)
    const {work} = await startTicket(repository, 1, clone)
    await work.commitFile('.clambake/prompts/bug.md', 'Forged\n')
    await clone.commitFile('.clambake/prompts/docs.md', 'Not pushed\n')

    expect((await repository.readMain('.clambake/prompts/bug.md'))?.trim()).toBe('Trusted')
    expect(await repository.readMain('.clambake/prompts/docs.md')).toBeNull()
    expect(await repository.readMain('link.md')).toBeNull()
  })
})
