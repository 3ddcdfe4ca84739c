import {chmod, readFile, readlink, rm, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {SampleRepository} from '../../fixtures/repos/sample.ts'
import {registerSecret} from '../../src/base/redact.ts'
import {runForBytes} from '../../src/base/run.ts'
import {defaultConfig} from '../../src/model/data/config.ts'
import {createSandbox, refusal, type Sandbox, startTicket} from './setup.ts'

/** Files of a commit as mode, name and the hash of the exact bytes. */
async function listTree(clone: SampleRepository, commit: string): Promise<Record<string, string>> {
  const lines = (await clone.git('ls-tree', '-r', '-z', commit)).split('\0').filter(Boolean)
  return Object.fromEntries(lines.map(line => [line.split('\t')[1]!, line.split('\t')[0]!]))
}

const hashOf = (clone: SampleRepository, file: string) => clone.git('hash-object', '--no-filters', '--', file)

async function setUp(
  files: Record<string, string> = {},
): Promise<AsyncDisposable & {sandbox: Sandbox} & Awaited<ReturnType<typeof open>>> {
  const sandbox = await createSandbox({
    '.gitignore': '*.log\nnode_modules/\nsecret/\ndist\n',
    'a.txt': 'a\n',
    'gone.txt': 'g\n',
    ...files,
  })
  return {sandbox, ...(await open(sandbox)), [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose]()}
}

async function open(sandbox: Sandbox) {
  const clone = await sandbox.clone()
  const repository = await sandbox.open(clone)
  return {clone, repository, ticket: await startTicket(repository, 1, clone)}
}

describe('a rescue', () => {
  it('keeps commits, index, changed, untracked and ignored files byte by byte, and touches nothing', async () => {
    await using at = await setUp({'.gitattributes': '*.txt text eol=crlf\n'})
    const {path, work} = at.ticket
    const head = await work.commitFile('done.md', 'done\n')
    await work.write({'staged.md': 'staged\n'})
    await work.git('add', 'staged.md')
    await work.write({
      'staged.md': 'staged, then changed\n',
      'gone.txt': null,
      'a.txt': 'mixed\r\nline\nends',
      'new/ü "q"\n.txt': 'odd name',
      '"quoted': 'quoted',
      'debug.log': 'ignored\n',
      'secret/deep/key.log': 'ignored deep',
      'node_modules/x/index.js': 'can be made again',
    })
    await writeFile(join(path, 'binary.dat'), Buffer.from([0, 255, 13, 10, 0, 128]))
    await writeFile(join(path, 'tool.sh'), '#!/bin/sh\n')
    await chmod(join(path, 'tool.sh'), 0o755)
    await symlink('/etc/passwd', join(path, 'link'))
    const before = [await work.git('status', '--porcelain', '--ignored'), await work.git('ls-files', '--stage')]

    expect(await at.repository.rescueIfThere({worktree: `${path}-gone`, reason: 'a test'})).toBeNull()
    const rescue = await at.repository.rescue({worktree: path, reason: 'a test'})

    expect([await work.git('status', '--porcelain', '--ignored'), await work.git('ls-files', '--stage')]).toEqual(
      before,
    )
    expect(rescue).toMatchObject({
      commits: 1,
      ref: expect.stringMatching(/^refs\/clambake\/rescue\/issue-1\/\d{8}T\d{6}Z-/),
    })
    // Ignored files are kept here and nowhere else.
    expect(await at.sandbox.remoteRefs('refs/clambake/rescue/')).toEqual([rescue.shared])
    const shared = (await at.sandbox.remote('ls-tree', '-r', '-z', '--name-only', rescue.shared!)).split('\0')
    expect(shared).toContain('new/ü "q"\n.txt')
    expect(shared.filter(file => file.endsWith('.log'))).toEqual([])
    const tree = await listTree(work, rescue.oid)
    const plain = [
      'a.txt',
      'staged.md',
      'done.md',
      'new/ü "q"\n.txt',
      '"quoted',
      'debug.log',
      'secret/deep/key.log',
      'binary.dat',
    ]
    for (const file of plain) expect(tree[file], file).toBe(`100644 blob ${await hashOf(work, file)}`)
    expect(tree['tool.sh']).toBe(`100755 blob ${await hashOf(work, 'tool.sh')}`)
    expect(tree.link).toMatch(/^120000 /)
    expect(await work.git('cat-file', 'blob', `${rescue.oid}:link`)).toBe(await readlink(join(path, 'link')))
    expect(Object.keys(tree)).not.toContain('gone.txt')
    expect(Object.keys(tree).filter(file => file.startsWith('node_modules'))).toEqual([])
    const [parent, index] = (await work.git('log', '-1', '--format=%P', rescue.oid)).split(' ')
    expect(parent).toBe(head)
    expect(await work.git('cat-file', 'blob', `${index}:staged.md`)).toBe('staged')
  })

  it('keeps files whose names and link targets are no text, and names that end with a carriage return', async () => {
    await using at = await setUp()
    const {path, work} = at.ticket
    const file = (...parts: (string | number)[]) =>
      Buffer.concat([
        Buffer.from(`${path}/`),
        ...parts.map(part => Buffer.from(typeof part === 'number' ? [part] : part)),
      ])
    await writeFile(file('changed-', 0xe9), 'before\n')
    await writeFile(file('gone-', 0xe9), 'before\n')
    await work.git('add', '.')
    await work.git('commit', '--quiet', '--message', 'Add Latin-1 names')
    await writeFile(file('changed-', 0xe9), 'after\n')
    await rm(file('gone-', 0xe9))
    await writeFile(file('new-', 0xe9), 'new\n')
    await writeFile(file('ignored-', 0xe9, '.log'), 'ignored\n')
    await writeFile(file('new'), 'another\n')
    await writeFile(file('new\r'), 'ends with a carriage return\n')
    await symlink(Buffer.from([0x74, 0xe9]), file('link'))

    const rescue = await at.repository.rescue({worktree: path, reason: 'a test'})

    const tree = await work.git('-c', 'core.quotePath=true', 'ls-tree', '-r', rescue.oid)
    const named = new Map(tree.split('\n').map(line => [line.split('\t')[1], line.split(/[ \t]/)[2]!]))
    const contentOf = (name: string) => work.git('cat-file', 'blob', named.get(name) ?? `nothing is called ${name}`)
    expect(await contentOf('"changed-\\351"')).toBe('after')
    expect(named.has('"gone-\\351"')).toBe(false)
    expect(await contentOf('"new-\\351"')).toBe('new')
    expect(await contentOf('"ignored-\\351.log"')).toBe('ignored')
    expect(await contentOf('"new\\r"')).toBe('ends with a carriage return')
    const link = await runForBytes('git', {args: ['cat-file', 'blob', named.get('link')!], cwd: path, env: work.env})
    expect([...link.stdout]).toEqual([0x74, 0xe9])
  })

  it('keeps files under names that git does not store, and secrets among them here', async () => {
    await using at = await setUp()
    const {path, branch, work} = at.ticket
    await work.write({
      '.GIT/config': 'mine\n',
      'git~1/x': 'mine too\n',
      'sub/.Git/y.pem': 'secret\n',
      'plain.txt': 'p\n',
    })
    const refs = await at.repository.removeWorktree({path, branch, landed: null})
    const names = await at.clone.git('ls-tree', '-r', '--name-only', refs[0]!)
    expect(names.split('\n')).toEqual(
      expect.arrayContaining(['kept-.GIT/config', 'kept-git~1/x', 'plain.txt', 'sub/kept-.Git/y.pem']),
    )
    expect(await at.clone.git('show', `${refs[0]}:kept-.GIT/config`)).toBe('mine')
    const [shared] = await at.sandbox.remoteRefs('refs/clambake/rescue/')
    const left = await at.sandbox.remote('ls-tree', '-r', '--name-only', shared!)
    expect(left).toContain('kept-git~1/x')
    expect(left).not.toContain('.pem')
  })

  it('leaves what holds a secret here: files, what is staged, and commits', async () => {
    await using at = await setUp({'settings.txt': 'plain\n', '.env.example': 'TOKEN=\n'})
    const {path, work} = at.ticket
    using _known = registerSecret('correct horse')
    const token = ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_')
    await work.write({
      'plain.txt': 'plain',
      'settings.txt': `token ${token}\n`,
      '.env': 'A=1',
      'known.txt': 'correct horse',
    })
    await work.git('add', 'settings.txt')
    const first = await at.repository.rescue({worktree: path, reason: 'one'})
    expect(await work.git('show', `${first.oid}:.env`)).toBe('A=1')
    expect(await work.git('show', `${first.oid}^2:settings.txt`)).toContain(token)
    const found = await at.sandbox.remote('log', '-p', '-m', '--text', first.shared!)
    expect(found).toContain('plain.txt')
    for (const secret of [token, 'A=1', 'correct horse']) expect(found).not.toContain(secret)
    expect(await at.sandbox.remote('show', `${first.shared}:settings.txt`)).toBe('plain')
    // Again it is the same, here and there.
    expect(await at.repository.rescue({worktree: path, reason: 'two'})).toEqual(first)
    expect(await at.sandbox.remoteRefs('refs/clambake/rescue/')).toHaveLength(1)

    await work.git('commit', '--quiet', '--all', '-m', 'Settings')
    const second = await at.repository.rescue({worktree: path, reason: 'three'})
    expect(second.shared).toBeNull()
    expect(await at.sandbox.remoteRefs('refs/clambake/rescue/')).toHaveLength(1)
    await at.repository.fetch()
    expect(await work.git('rev-parse', second.ref)).toBe(second.oid)
  })

  it('the same state twice is one ref; a further change is a second one', async () => {
    await using at = await setUp()
    const {path, work} = at.ticket
    await work.write({'x.txt': 'x'})
    const first = await at.repository.rescue({worktree: path, reason: 'one'})
    const {ref, oid} = await at.repository.rescue({worktree: path, reason: 'two'})
    expect({ref, oid}).toEqual({ref: first.ref, oid: first.oid})
    // Of the same length and within the same second.
    await work.write({'a.txt': 'b\n'})
    const second = await at.repository.rescue({worktree: path, reason: 'three'})
    expect(second.oid).not.toBe(first.oid)
    expect(await work.git('cat-file', 'blob', `${second.oid}:a.txt`)).toBe('b')
    expect(await at.sandbox.remoteRefs('refs/clambake/rescue/')).toHaveLength(2)
  })

  it('keeps commits that were amended or reset away, and both sides of an unfinished merge', async () => {
    await using at = await setUp()
    const {path, base, work} = at.ticket
    const dropped = await work.commitFile('dropped.txt', 'x')
    await work.git('reset', '--quiet', '--hard', base)
    await work.commitFile('a.txt', 'ours\n')
    await work.git('branch', 'other', base)
    await work.git('switch', '--quiet', 'other')
    const theirs = await work.commitFile('a.txt', 'theirs\n')
    await work.git('switch', '--quiet', 'agent001/1-work')
    await expect(work.git('merge', 'other')).rejects.toThrow()
    await work.git('branch', '--quiet', '-D', 'other')
    const {oid} = await at.repository.rescue({worktree: path, reason: 'x'})
    expect(await work.git('cat-file', 'blob', `${oid}:a.txt`)).toContain('<<<<<<<')
    for (const commit of [dropped, theirs]) {
      await expect(work.git('merge-base', '--is-ancestor', commit, oid)).resolves.toBe('')
    }
  })

  it.each([
    ['rebase', 'rebase-merge/autostash'],
    ['merge', 'MERGE_AUTOSTASH'],
  ])('keeps what an unfinished %s put aside, which only a file of the git folder names', async (operation, file) => {
    await using at = await setUp()
    const {path, branch, base, work} = at.ticket
    await work.commitFile('a.txt', 'ours\n')
    await at.clone.git('branch', 'other', await at.clone.git('commit-tree', '-p', base, '-m', 'x', `${base}^{tree}`))
    await at.clone.git('switch', '--quiet', 'other')
    await at.clone.commitFile('a.txt', 'theirs\n')
    await work.write({'gone.txt': 'in no commit\n'})
    await expect(work.git(operation, '--autostash', 'other')).rejects.toThrow()
    const stashed = (await readFile(join(await work.git('rev-parse', '--git-dir'), file), 'utf8')).trim()

    await at.repository.removeWorktree({path, branch, landed: null})

    expect(await at.clone.git('for-each-ref', '--contains', stashed)).toContain('refs/clambake/rescue/issue-1/')
    expect(await at.clone.git('show', `${stashed}:gone.txt`)).toBe('in no commit')
  })

  it('a detached head is kept through a garbage collection', async () => {
    await using at = await setUp()
    const {path, branch, work} = at.ticket
    await work.git('switch', '--quiet', '--detach')
    const head = await work.commitFile('x.txt', 'x')
    await at.repository.removeWorktree({path, branch, landed: null})
    await at.clone.git('gc', '--quiet', '--prune=now')
    expect(await at.clone.git('cat-file', '-t', head)).toBe('commit')
    expect(await at.repository.lostCommits()).toEqual([])
  })

  it('keeps files that the index hides, a plain file called like a build folder, and refs of the worktree alone', async () => {
    await using at = await setUp()
    const {path, branch, work} = at.ticket
    await work.git('update-index', '--skip-worktree', 'a.txt')
    await work.git('update-index', '--assume-unchanged', 'gone.txt')
    await work.write({'a.txt': 'hidden\n', 'gone.txt': 'hidden too\n', dist: 'a plain file\n'})
    const tip = await work.git('commit-tree', '-m', 'Only here', 'HEAD^{tree}')
    await work.git('update-ref', 'refs/worktree/mine', tip)
    expect(await work.git('status', '--porcelain')).toBe('')

    await at.repository.removeWorktree({path, branch, landed: null})

    const shared = await at.sandbox.remoteRefs('refs/clambake/rescue')
    const refs = (await at.clone.git('for-each-ref', '--format=%(refname)', 'refs/clambake/rescue')).split('\n')
    const ref = refs.find(name => !shared.includes(name))
    expect(await at.clone.git('show', `${ref}:a.txt`)).toBe('hidden')
    expect(await at.clone.git('show', `${ref}:gone.txt`)).toBe('hidden too')
    expect(await at.clone.git('show', `${ref}:dist`)).toBe('a plain file')
    await at.clone.git('gc', '--quiet', '--prune=now')
    expect(await at.clone.git('cat-file', '-t', tip)).toBe('commit')
  })

  it('refuses what is over the limit, and leaves it', async () => {
    await using at = await setUp()
    const {path, branch, work} = at.ticket
    const small = await at.sandbox.open(at.clone, {
      config: {
        ...defaultConfig,
        recovery: {scan_patterns: [], rescue_size_limit_mb: 0.001, ignored_build_folders: ['node_modules']},
      },
    })
    await work.write({'big.log': 'x'.repeat(2000)})
    const error = await refusal(small.removeWorktree({path, branch, landed: null}))
    expect(error).toMatchObject({code: 'rescue-too-big', kept: expect.stringContaining('left as it is')})
    expect(error.message).toContain('big.log')
    expect(await work.git('status', '--porcelain', '--ignored')).toContain('big.log')
  })

  it('is no success when the remote did not take it', async () => {
    await using at = await setUp()
    const {path, branch, work} = at.ticket
    await work.write({'x.txt': 'x'})
    await at.clone.git('remote', 'set-url', '--push', 'origin', 'file:///nowhere')
    const cut = await at.sandbox.open(at.clone)
    expect((await refusal(cut.rescue({worktree: path, reason: 'x'}))).code).toBe('remote-gone')
    expect((await refusal(cut.removeWorktree({path, branch, landed: null}))).code).toBe('remote-gone')
    expect(await work.git('status', '--porcelain')).toBe('?? x.txt')
  })
})
