import {readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {createSandbox, refusal, startTicket} from './setup.ts'

describe('restoring', () => {
  it('killed on the way leaves no half file under a name, and can be repeated', async () => {
    await using sandbox = await createSandbox({'a.txt': 'a\n'})
    const clone = await sandbox.clone()
    let seen = 0
    const checkpoint = (name: string) => {
      if (name === 'restore:written' && ++seen === 2) throw new Error('killed')
    }
    const killed = await sandbox.open(clone, {checkpoint})
    const {path, work} = await startTicket(killed, 1, clone)
    await work.write({'b.txt': 'b\n', 'c/c.txt': 'c\n'})
    const {ref} = await killed.rescue({worktree: path, reason: 'by hand'})
    const into = join(sandbox.path, 'restored')
    await expect(killed.restoreFiles({ref, paths: [], into})).rejects.toThrow('killed')
    expect(await readFile(join(into, 'a.txt'), 'utf8').catch(() => null)).toBe('a\n')
    await expect(readFile(join(into, 'b.txt'))).rejects.toThrow('ENOENT')
    const repository = await sandbox.open(clone)
    const {files} = await repository.restoreFiles({ref, paths: [], into})
    expect(files.map(({what}) => what)).toEqual(['same', 'written', 'written'])
    expect(await readFile(join(into, 'b.txt'), 'utf8')).toBe('b\n')
  })

  it('writes the bytes of a rescue, and overwrites nothing', async () => {
    await using sandbox = await createSandbox({'a.txt': 'a\n', '.gitignore': '*.log\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, work} = await startTicket(repository, 1, clone)
    await work.write({'a.txt': 'changed\n', 'sub/new.txt': 'new', 'x.log': 'ignored'})
    await writeFile(join(path, 'bytes.bin'), Buffer.from([0, 255, 13, 10, 200]))
    const {ref} = await repository.rescue({worktree: path, reason: 'by hand'})
    const listed = await repository.rescues()
    expect(listed.map(rescue => rescue.ref)).toContain(ref)
    expect(listed.find(rescue => rescue.ref === ref)).toMatchObject({files: 4, isShared: false, name: 'issue-1'})

    const whole = await repository.restoreFiles({ref, paths: [], into: null})
    expect(await readFile(join(whole.into, 'bytes.bin'))).toEqual(Buffer.from([0, 255, 13, 10, 200]))
    expect(await readFile(join(whole.into, 'x.log'), 'utf8')).toBe('ignored')

    const into = clone.dir
    const some = await repository.restoreFiles({ref, paths: ['a.txt', 'sub'], into})
    expect(some.files).toEqual([
      {path: 'a.txt', to: 'a.txt.restored', what: 'beside'},
      {path: 'sub/new.txt', to: 'sub/new.txt', what: 'written'},
    ])
    expect(await readFile(join(into, 'a.txt'), 'utf8')).toBe('a\n')
    const again = await repository.restoreFiles({ref, paths: ['a.txt', 'sub'], into})
    expect(again.files.map(({what}) => what)).toEqual(['same', 'same'])
    // A link in the way is not followed.
    await rm(join(into, 'sub'), {recursive: true})
    await symlink(sandbox.path, join(into, 'sub'))
    expect((await repository.restoreFiles({ref, paths: ['sub'], into})).files).toMatchObject([{what: 'refused'}])
    expect((await refusal(repository.restoreFiles({ref, paths: ['none'], into}))).code).toBe('no-such-path')
    expect((await refusal(repository.restoreFiles({ref: 'refs/no', paths: [], into}))).code).toBe('no-rescue')
  })

  it('keeps names that are no text as they are, from a rescue and from a stash', async () => {
    await using sandbox = await createSandbox({'a.txt': 'a\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {claim, path, work} = await startTicket(repository, 1, clone)
    const writeOdd = async () => {
      for (const name of ['caf\xe8', 'caf\xe9']) {
        await writeFile(Buffer.from(`${path}/${name}`, 'latin1'), name)
      }
    }
    await writeOdd()
    await work.git('stash', 'push', '--quiet', '--include-untracked')
    await repository.releaseClaim(claim)
    await writeOdd()
    const stash = (await repository.orphans({dead: new Set(), all: true})).find(({kind}) => kind === 'stash')
    const branch = await repository.branchFrom(stash!)
    expect(await clone.git('ls-tree', '--name-only', branch)).toBe('a.txt\n"caf\\350"\n"caf\\351"')
    const {ref} = await repository.rescue({worktree: path, reason: 'by hand'})
    const {into} = await repository.restoreFiles({ref, paths: [], into: null})
    const names = (await readdir(into, {encoding: 'buffer'})).map(name => name.toString('latin1')).sort()
    expect(names).toEqual(['a.txt', 'caf\xe8', 'caf\xe9'])
  })
})
