import {mkdir, readdir, rename, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {createSampleRepository, openSampleRepository, type SampleRepository} from '../../fixtures/repos/sample.ts'
import {runForBytes} from '../../src/base/run.ts'
import {defaultConfig} from '../../src/model/data/config.ts'
import {agentIn, createSandbox, refusal, type Sandbox, startTicket} from './setup.ts'

async function setUp(): Promise<AsyncDisposable & {sandbox: Sandbox} & Awaited<ReturnType<typeof open>>> {
  const sandbox = await createSandbox({'.gitignore': 'scratch/\nvendor/\nnode_modules/\ndist\n', 'a.txt': 'a\n'})
  return {sandbox, ...(await open(sandbox)), [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose]()}
}

async function open(sandbox: Sandbox) {
  const clone = await sandbox.clone()
  const repository = await sandbox.open(clone)
  return {clone, repository, ticket: await startTicket(repository, 1, clone)}
}

type Place = Awaited<ReturnType<typeof setUp>>

/** A repository that an agent makes in its worktree. */
async function inside({ticket, clone}: Place, path: string): Promise<SampleRepository> {
  const dir = join(ticket.path, path)
  await mkdir(dir, {recursive: true})
  const nested = openSampleRepository(dir, clone.env.HOME)
  await nested.git('init', '--quiet')
  await nested.git('config', 'user.name', 'Agent')
  await nested.git('config', 'user.email', 'agent@example.test')
  return nested
}

/** What one rescue's bundle has, fetched as its message tells a person to do: into FETCH_HEAD of a clone of the repository. */
async function restored({clone, sandbox}: Place, ref: string, into?: SampleRepository): Promise<SampleRepository> {
  const entry = await clone.git('ls-tree', '--name-only', ref)
  expect(entry).toMatch(/^[\w.-]+\.bundle$/)
  const bundle = join(sandbox.path, `${ref.slice(-12)}-${entry}`)
  const {stdout} = await runForBytes('git', {args: ['show', `${ref}:${entry}`], cwd: clone.dir, env: clone.env})
  await writeFile(bundle, stdout)
  const repository = into ?? (await createSampleRepository({dir: `${bundle}.restored`, home: clone.env.HOME!}))
  await repository.git('fetch', '--quiet', bundle, 'refs/rescue/all')
  return repository
}

/** Subject lines of the rescues by their ref. */
async function subjects({clone}: Place): Promise<Record<string, string>> {
  const lines = await clone.git('for-each-ref', '--format=%(refname) %(contents:subject)', 'refs/clambake/rescue')
  return Object.fromEntries(lines.split('\n').map(line => [line.split(' ')[0]!, line.slice(line.indexOf(' ') + 1)]))
}

const refOf = async (at: Place, subject: string) =>
  Object.entries(await subjects(at)).find(([, found]) => found === subject)?.[0] ?? `no rescue is called ${subject}`

describe('removing a worktree with a repository in it', () => {
  it.each(['app', 'vendor/lib', 'node_modules/x/deep', 'scratch/ref'])(
    'keeps the commits and files of %s',
    async path => {
      await using at = await setUp()
      const nested = await inside(at, path)
      const tip = await nested.commitFile('only.txt', 'the only copy\n')
      await nested.git('checkout', '--quiet', '-b', 'other')
      const other = await nested.commitFile('other.txt', 'on a branch\n')
      await nested.git('reset', '--quiet', '--hard', tip)
      await nested.write({'loose.txt': 'in no commit\n'})

      await at.repository.removeWorktree({path: at.ticket.path, branch: at.ticket.branch, landed: null})

      const ref = await refOf(at, `rescue of the repository ${path}: removed`)
      const again = await restored(at, ref)
      expect(await again.git('show', 'FETCH_HEAD:loose.txt')).toBe('in no commit')
      expect(await again.git('show', `${other}:other.txt`)).toBe('on a branch')
      expect(await again.git('show', `${tip}:only.txt`)).toBe('the only copy')
      // What is in an ignored folder, or of unknown origin, stays on this machine.
      expect(await at.sandbox.remoteRefs('refs/clambake/rescue')).not.toContain(ref)
    },
  )

  it('keeps what a submodule has and its remote has not, and nothing of a clean one', async () => {
    await using at = await setUp()
    const home = at.clone.env.HOME!
    const library = await createSampleRepository({dir: join(at.sandbox.path, 'library'), home})
    const {work, path, branch} = at.ticket
    for (const name of ['lib', 'clean']) {
      await work.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.dir, name)
    }
    const pointed = await work.commit({message: 'Add libraries', files: {}})
    const lib = agentIn(join(path, 'lib'), at.clone)
    await lib.git('config', 'user.name', 'Agent')
    await lib.git('config', 'user.email', 'agent@example.test')
    const fix = await lib.commitFile('fix.txt', 'fix\n')
    await lib.write({'precious.txt': 'precious\n'})
    await work.git('push', '--quiet', 'origin', `${pointed}:refs/heads/${branch}`)

    await at.repository.removeWorktree({path, branch, landed: pointed})

    const names = Object.values(await subjects(at)).filter(subject => subject.startsWith('rescue of the repository'))
    expect(names).toEqual(['rescue of the repository lib: landed, with more in it'])
    const again = await restored(at, await refOf(at, names[0]!), library)
    expect(await again.git('show', `${fix}:fix.txt`)).toBe('fix')
    expect(await again.git('show', 'FETCH_HEAD:precious.txt')).toBe('precious')
  })

  it('keeps what a submodule that is checked out no more has, and a bare repository', async () => {
    await using at = await setUp()
    const {work, path, branch} = at.ticket
    const library = await createSampleRepository({dir: join(at.sandbox.path, 'library'), home: at.clone.env.HOME!})
    await work.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.dir, 'lib')
    await work.commit({message: 'Add a library', files: {}})
    const lib = agentIn(join(path, 'lib'), at.clone)
    await lib.git(
      '-c',
      'user.name=A',
      '-c',
      'user.email=a@example.test',
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      'Hidden',
    )
    await work.git('submodule', '--quiet', 'deinit', '--force', 'lib')
    const source = await inside(at, 'scratch/source')
    await source.commitFile('x.txt', 'x\n')
    await source.git('clone', '--quiet', '--bare', '.', '../bare.git')
    await rm(join(path, 'scratch/source'), {recursive: true})

    await at.repository.removeWorktree({path, branch, landed: null})

    const names = Object.values(await subjects(at))
    expect(names).toContain('rescue of the repository lib: removed')
    expect(names).toContain('rescue of the repository scratch/bare.git: removed')
  })

  it('keeps what is only staged, with a commit before it or without', async () => {
    await using at = await setUp()
    const fresh = await inside(at, 'scratch/fresh')
    await fresh.write({'staged.txt': 'staged\n'})
    await fresh.git('add', '--all')
    const {work, path, branch} = at.ticket
    const library = await createSampleRepository({dir: join(at.sandbox.path, 'library'), home: at.clone.env.HOME!})
    await work.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.dir, 'lib')
    const lib = agentIn(join(path, 'lib'), at.clone)
    await lib.write({'fix.txt': 'fix\n'})
    await lib.git('add', '--all')

    await at.repository.removeWorktree({path, branch, landed: null})

    const again = await restored(at, await refOf(at, 'rescue of the repository scratch/fresh: removed'))
    expect(await again.git('show', 'FETCH_HEAD:staged.txt')).toBe('staged')
    await restored(at, await refOf(at, 'rescue of the repository lib: removed'), library)
    expect(await library.git('show', 'FETCH_HEAD:fix.txt')).toBe('fix')
  })

  it('keeps what a worktree of this clone has that an agent made inside its own, and nothing of a clean one', async () => {
    await using at = await setUp()
    const {path, branch, work} = at.ticket
    for (const name of ['sub', 'clean']) await work.git('worktree', 'add', '--quiet', '--detach', `scratch/${name}`)
    const sub = agentIn(join(path, 'scratch/sub'), at.clone)
    const tip = await sub.commitFile('only.txt', 'on no branch\n')
    await sub.write({'a.txt': 'only staged\n'})
    await sub.git('add', 'a.txt')
    await sub.write({'a.txt': 'changed\n'})

    await at.repository.removeWorktree({path, branch, landed: null})

    const inside = Object.entries(await subjects(at)).filter(([, subject]) => subject.endsWith('inside issue-1'))
    expect(inside).toHaveLength(1)
    const ref = inside[0]![0]
    await at.clone.git('worktree', 'prune')
    await at.clone.git('gc', '--quiet', '--prune=now')
    expect(await at.clone.git('for-each-ref', '--contains', tip)).toContain(ref)
    expect(await at.clone.git('show', `${ref}:a.txt`)).toBe('changed')
    expect(await at.clone.git('show', `${ref}^2:a.txt`)).toBe('only staged')
  })

  it('runs nothing that the nested configuration names', async () => {
    await using at = await setUp()
    const nested = await inside(at, 'scratch/trap')
    await nested.commitFile('x.txt', 'x\n')
    const mark = join(at.sandbox.path, 'ran')
    const bad = `touch ${mark}; false`
    for (const key of [
      'core.fsmonitor',
      'core.sshCommand',
      'uploadpack.packObjectsHook',
      'filter.x.clean',
      'core.alternateRefsCommand',
    ]) {
      await nested.git('config', key, bad)
    }
    await nested.write({'.gitattributes': '* filter=x\n', 'y.txt': 'y\n'})
    await at.repository.rescue({worktree: at.ticket.path, reason: 'a test'})
    await expect(rm(mark)).rejects.toMatchObject({code: 'ENOENT'})
  })

  it('saves one state once, however often it is tried', async () => {
    await using at = await setUp()
    await (await inside(at, 'app')).commitFile('x.txt', 'x\n')
    const first = await at.repository.rescue({worktree: at.ticket.path, reason: 'a test'})
    const second = await at.repository.rescue({worktree: at.ticket.path, reason: 'a test'})
    expect(second.nested).toEqual(first.nested)
    expect(first.nested).toHaveLength(1)
  })

  it('refuses one below a name that is no text, and leaves it', async () => {
    await using at = await setUp()
    const nested = await inside(at, 'plain')
    await nested.commitFile('only.txt', 'the only copy\n')
    const odd = Buffer.concat([Buffer.from(`${at.ticket.path}/`), Buffer.from([0xe9])])
    await mkdir(odd)
    await rename(nested.dir, Buffer.concat([odd, Buffer.from('/repository')]))

    const {path, branch} = at.ticket
    const error = await refusal(at.repository.removeWorktree({path, branch, landed: null}))

    expect(error).toMatchObject({code: 'rescue-unproven', kept: 'nothing was deleted'})
    expect(await readdir(odd)).toEqual(['repository'])
  })

  it('refuses a repository over the limit, and leaves it', async () => {
    await using at = await setUp()
    const small = await at.sandbox.open(at.clone, {
      config: {
        ...defaultConfig,
        recovery: {scan_patterns: [], rescue_size_limit_mb: 0.001, ignored_build_folders: ['node_modules']},
      },
    })
    const nested = await inside(at, 'app')
    await writeFile(join(nested.dir, 'big'), Buffer.from(crypto.getRandomValues(new Uint8Array(20_000))))
    await nested.git('add', '--all')
    await nested.git('commit', '--quiet', '-m', 'Big')
    const {path, branch} = at.ticket
    expect((await refusal(small.removeWorktree({path, branch, landed: null}))).code).toBe('rescue-too-big')
    expect(await nested.resolve('HEAD')).toMatch(/^[0-9a-f]{40}$/)
  })
})
