import {appendFile, chmod, mkdir, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {deflateSync} from 'node:zlib'
import {describe, expect, it} from 'vitest'
import {runForBytes} from '../../src/base/run.ts'
import {createSandbox, refusal, startTicket} from './setup.ts'

const LINES = 'line\n'.repeat(20)

it('tells how a head differs from main: moved, deleted, emptied and protected files by their names', async () => {
  await using sandbox = await createSandbox({
    'a.txt': LINES,
    'old/b.txt': `${LINES}b\n`,
    'gone.txt': 'x\n',
    'test/empty.test.ts': LINES,
  })
  const clone = await sandbox.clone()
  const repository = await sandbox.open(clone)
  const {path, work} = await startTicket(repository, 1, clone)
  await rm(join(path, 'gone.txt'))
  await writeFile(join(path, 'test/empty.test.ts'), '\n \n')
  await work.git('mv', 'old/b.txt', 'b.txt')
  await work.git('add', '-A')
  const head = await work.commitFile('.github/workflows/ci.yml', 'on: push\n')
  const {base, changes, conflicts} = await repository.gateFacts({head, conflicts: false, fresh: true})
  expect(base).toMatchObject({contained: true, hasWorkflows: true})
  expect(conflicts).toEqual([])
  expect(changes).toEqual([
    {path: '.github/workflows/ci.yml', from: null, kind: 'added', added: 1, left: 1, removed: 0},
    {path: 'b.txt', from: 'old/b.txt', kind: 'modified', added: 0, left: 1, removed: 0},
    {path: 'gone.txt', from: null, kind: 'deleted', added: 0, left: 1, removed: 1},
    {path: 'test/empty.test.ts', from: null, kind: 'modified', added: 2, left: 0, removed: 20},
  ])
})

it('counts what is left of a test that git takes for a binary file, by a zero byte or by its attributes', async () => {
  await using sandbox = await createSandbox({'a.test.ts': LINES, 'b.test.ts': LINES, 'photo.png': 'x\n'})
  const clone = await sandbox.clone()
  await writeFile(join(clone.dir, '.git/info/attributes'), 'b.test.ts -diff\n')
  const repository = await sandbox.open(clone)
  const {path, work} = await startTicket(repository, 1, clone)
  await writeFile(join(path, 'a.test.ts'), '\n\0\n')
  await writeFile(join(path, 'b.test.ts'), '\n')
  const head = await work.commitFile('photo.png', '\0')
  const {changes} = await repository.gateFacts({head, conflicts: false, fresh: true})
  expect(changes).toMatchObject([
    {path: 'a.test.ts', left: 1, removed: 20},
    {path: 'b.test.ts', left: 0, removed: 20},
    {path: 'photo.png', left: 1, removed: 0},
  ])
})

it('tells a file in the place of a folder, and a folder in the place of a file', async () => {
  await using sandbox = await createSandbox({'.claude/agents/a.md': 'a\n', file: 'f\n'})
  const clone = await sandbox.clone()
  const repository = await sandbox.open(clone)
  const {work} = await startTicket(repository, 1, clone)
  await work.git('rm', '-r', '--quiet', '.claude', 'file')
  const head = await work.commit({message: 'Swap', files: {'.claude': 'now a file\n', 'file/deep.txt': 'd\n'}})
  const {changes} = await repository.gateFacts({head, conflicts: false, fresh: true})
  expect(changes?.map(({path, kind}) => `${kind} ${path}`).sort()).toEqual([
    'added .claude',
    'added file/deep.txt',
    'deleted .claude/agents/a.md',
    'deleted file',
  ])
})

it.each([
  ['a folder, so that a protected file seems unchanged', 'HEAD:.claude', 'HEAD^^:.claude'],
  ['a commit between, so that it seems to start from main as it is', 'HEAD^', 'origin/main'],
])('knows nothing of a head once an agent rewrote %s', async (_, name, other) => {
  await using sandbox = await createSandbox({'.claude/settings.json': '{}\n'})
  const clone = await sandbox.clone()
  const repository = await sandbox.open(clone)
  const {path, claim, work} = await startTicket(repository, 1, clone)
  await work.commitFile('.claude/settings.json', '{"hooks": {}}\n')
  const head = await work.commitFile('b.txt', 'b\n')
  await repository.pushWork({worktree: path, claim, head, patch: {}})
  await clone.commitFile('c.txt', 'c\n')
  await clone.git('push', '--quiet', 'origin', 'main')
  const asked = {head, conflicts: false, fresh: true}
  const before = await repository.gateFacts(asked)
  expect(before).toMatchObject({base: {contained: false}, changes: [{path: '.claude/settings.json'}, {path: 'b.txt'}]})

  const [id, otherId] = [await work.git('rev-parse', name), await work.git('rev-parse', other)]
  const type = await work.git('cat-file', '-t', id)
  const read = async (oid: string) =>
    Buffer.from((await runForBytes('git', {args: ['cat-file', type, oid], cwd: path, env: work.env})).stdout)
  const forged = type === 'tree' ? await read(otherId) : withParent(await read(id), otherId)
  const file = join(repository.commonDir, 'objects', id.slice(0, 2), id.slice(2))
  await chmod(file, 0o644)
  await writeFile(file, deflateSync(Buffer.concat([Buffer.from(`${type} ${forged.length}\0`), forged])))

  // What it knew before counts no more for another process.
  const again = await sandbox.open(clone)
  expect(await again.gateFacts(asked)).toMatchObject({base: null, changes: null})
})

function withParent(commit: Buffer, parent: string): Buffer {
  return Buffer.from(commit.toString('latin1').replace(/^parent .*$/m, `parent ${parent}`), 'latin1')
}

it('knows nothing of a head once an agent gave a test that it emptied its lines back, in this clone alone', async () => {
  await using sandbox = await createSandbox({'test/a.test.ts': LINES})
  const clone = await sandbox.clone()
  const repository = await sandbox.open(clone)
  const {work} = await startTicket(repository, 1, clone)
  const head = await work.commitFile('test/a.test.ts', '\n\n')
  const asked = {head, conflicts: false, fresh: true}
  expect((await repository.gateFacts(asked)).changes).toMatchObject([{left: 0}])
  const id = await work.git('rev-parse', 'HEAD:test/a.test.ts')
  const file = join(repository.commonDir, 'objects', id.slice(0, 2), id.slice(2))
  await chmod(file, 0o644)
  await writeFile(file, deflateSync(`blob ${LINES.length}\0${LINES}`))
  const again = await sandbox.open(clone)
  expect(await again.gateFacts(asked)).toMatchObject({base: null, changes: null})
})

it('counts the lines of a test whose name has line breaks', async () => {
  const name = `test/a\n${'x'.repeat(41)}test/b.ts`
  await using sandbox = await createSandbox({[name]: LINES, 'test/b.ts': LINES})
  const clone = await sandbox.clone()
  const repository = await sandbox.open(clone)
  const {work} = await startTicket(repository, 1, clone)
  await work.commitFile('test/b.ts', '\n')
  const head = await work.commitFile(name, 'line\nline\n')
  const {changes} = await repository.gateFacts({head, conflicts: false, fresh: true})
  expect(changes).toMatchObject([
    {path: name, left: 2},
    {path: 'test/b.ts', left: 0},
  ])
})

it('tells that main moved on, and the files that conflict where it is asked', async () => {
  await using sandbox = await createSandbox({'a.txt': 'one\n'})
  const clone = await sandbox.clone()
  const repository = await sandbox.open(clone)
  const {work} = await startTicket(repository, 1, clone)
  const head = await work.commitFile('a.txt', 'two\n')
  expect(await repository.gateFacts({head, conflicts: false, fresh: true})).toMatchObject({base: {contained: true}})
  const main = await clone.commitFile('a.txt', 'three\n')
  await clone.git('push', '--quiet', 'origin', 'main')
  const moved = await repository.gateFacts({head, conflicts: true, fresh: true})
  expect(moved).toMatchObject({base: {tip: main, contained: false}, conflicts: ['a.txt']})
})

it('says nothing of a head that is not here', async () => {
  await using sandbox = await createSandbox()
  const repository = await sandbox.open(await sandbox.clone())
  const facts = await repository.gateFacts({head: 'e'.repeat(40), conflicts: true, fresh: true})
  expect(facts).toEqual({comparedWith: 'main', base: null, changes: null, conflicts: [], rewrite: null})
})

it('makes the commits again on top of main where the history has to be linear', async () => {
  await using sandbox = await createSandbox({'a.txt': 'one\n'})
  const clone = await sandbox.clone()
  const repository = await sandbox.open(clone)
  const {path, branch, work} = await startTicket(repository, 1, clone)
  await work.commitFile('b.txt', 'b\n', 'First')
  const head = await work.commitFile('c.txt', 'c\n', 'Second')
  const main = await clone.commitFile('a.txt', 'two\n')
  await clone.git('push', '--quiet', 'origin', 'main')
  const updated = await repository.bringUpToDate({worktree: path, branch, head, linear: true})
  expect(updated).toEqual({head: await work.resolve('HEAD')})
  const log = await work.git('log', '--format=%s', '--no-merges', `${main}..HEAD`)
  expect(log.split('\n')).toEqual(['Second', 'First'])
  expect(await work.git('status', '--porcelain')).toBe('')
  expect(await work.git('show', 'HEAD:a.txt')).toBe('two')
})

describe('a branch that a killed git left half way up to date', () => {
  const NEW = 'new '.repeat(5000)

  async function halfWay() {
    await using stack = new AsyncDisposableStack()
    const sandbox = stack.use(
      await createSandbox({'a.txt': 'one\n', 'd.txt': 'old\n', '.gitattributes': '*.crlf eol=crlf\n'}),
    )
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, work} = await startTicket(repository, 1, clone)
    const head = await work.commitFile('mine.txt', 'mine\n', 'Mine')
    await clone.commitFile('a.txt', 'two\n')
    await clone.commitFile('sub/new.txt', NEW)
    await clone.commitFile('lines.crlf', 'l1\nl2\n')
    await clone.git('rm', '--quiet', 'd.txt')
    await clone.git('commit', '--quiet', '-m', 'Remove d')
    await clone.git('push', '--quiet', 'origin', 'main')
    await repository.fetch()
    const moved = stack.move()
    const bring = () => repository.bringUpToDate({worktree: path, branch, head, linear: false})
    return {sandbox, path, work, head, bring, [Symbol.asyncDispose]: () => moved.disposeAsync()}
  }

  it('is brought there by the next one: whole files, half files, and ones that are gone', async () => {
    await using place = await halfWay()
    const {path, work, bring} = place
    await mkdir(join(path, 'sub'))
    await writeFile(join(path, 'sub/new.txt'), NEW.slice(0, 8192))
    await writeFile(join(path, 'a.txt'), 'two\n')
    await writeFile(join(path, 'lines.crlf'), 'l1\r\nl2\r\n')
    await rm(join(path, 'd.txt'))
    expect(await bring()).toEqual({head: await work.resolve('HEAD')})
    expect(await work.git('status', '--porcelain')).toBe('')
    expect(await readFile(join(path, 'sub/new.txt'), 'utf8')).toBe(NEW)
    expect(await readFile(join(path, 'a.txt'), 'utf8')).toBe('two\n')
  })

  it("is refused when a file there is an agent's, which stays", async () => {
    await using place = await halfWay()
    const {path, work, head, bring} = place
    await mkdir(join(path, 'sub'))
    await writeFile(join(path, 'sub/new.txt'), 'what an agent wrote')
    await writeFile(join(path, 'a.txt'), 'two\n')
    expect(await refusal(bring())).toMatchObject({code: 'git-failed'})
    expect(await readFile(join(path, 'sub/new.txt'), 'utf8')).toBe('what an agent wrote')
    expect(await work.resolve('HEAD')).toBe(head)
  })

  it('overwrites ignored files only after they are in a rescue ref', async () => {
    await using place = await halfWay()
    const {sandbox, path, work, bring} = place
    const exclude = join(await work.git('rev-parse', '--path-format=absolute', '--git-common-dir'), 'info/exclude')
    await appendFile(exclude, 'sub\nlines.crlf\n')
    await writeFile(join(path, 'sub'), 'a file in the place of a folder\n')
    await mkdir(join(path, 'lines.crlf'))
    await writeFile(join(path, 'lines.crlf/deep.txt'), 'in a folder in the place of a file\n')

    expect(await bring()).toEqual({head: await work.resolve('HEAD')})

    expect(await work.git('status', '--porcelain')).toBe('')
    const refs = (await work.git('for-each-ref', '--format=%(refname)', 'refs/clambake/rescue')).split('\n')
    const lists = await Promise.all(refs.map(ref => work.git('ls-tree', '-r', '--name-only', ref)))
    const whole = refs.find((_, index) => lists[index]!.includes('lines.crlf/deep.txt'))
    expect(await work.git('show', `${whole}:sub`)).toBe('a file in the place of a folder')
    expect(await sandbox.remoteRefs('refs/clambake/rescue')).not.toContain(whole)
  })

  it('never touches what is behind a link', async () => {
    await using place = await halfWay()
    const {sandbox, path, bring} = place
    const outside = join(sandbox.path, 'outside')
    await mkdir(outside)
    await writeFile(join(outside, 'new.txt'), NEW)
    await symlink(outside, join(path, 'sub'))
    await refusal(bring())
    expect(await readFile(join(outside, 'new.txt'), 'utf8')).toBe(NEW)
  })
})
