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

  it('is read from the commit that our own fetch brought, whatever an agent makes of the refs', async () => {
    await using sandbox = await createSandbox({'.claude/settings.json': 'trusted\n'})
    const clone = await sandbox.clone()
    const first = await sandbox.open(clone)
    const {work} = await startTicket(first, 1, clone)
    const forged = await work.commitFile('.claude/settings.json', 'forged\n')
    await work.git('update-ref', 'refs/remotes/origin/main', forged)
    expect((await first.readMain('.claude/settings.json'))?.trim()).toBe('trusted')
    // A daemon that has just started has fetched nothing yet.
    const second = await sandbox.open(clone)
    expect((await second.readMain('.claude/settings.json'))?.trim()).toBe('trusted')
    // The next fetch would move the ref that this one names.
    await work.git('symbolic-ref', 'refs/remotes/origin/main', 'refs/heads/forged')
    await work.git('update-ref', 'refs/heads/forged', forged)
    expect((await second.fetch()).main).toBe(await sandbox.remote('rev-parse', 'main'))
    await work.git('update-ref', 'refs/heads/forged', forged)
    expect((await second.readMain('.claude/settings.json'))?.trim()).toBe('trusted')
    expect(await work.git('rev-parse', '--verify', '--quiet', 'FETCH_HEAD').catch(() => 'none')).toBe('none')
  })
})
