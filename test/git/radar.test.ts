import {readdir, readFile, rm, utimes, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {basename, join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, it, vi} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {looseObjects} from '../../fixtures/repos/objects.ts'
import {createSampleRepository, openSampleRepository} from '../../fixtures/repos/sample.ts'
import {run} from '../../src/base/run.ts'
import {forecast} from '../../src/landing/forecast.ts'
import type {RadarGateway} from '../../src/model/gateways/radar.ts'
import {conflictsOf, type RadarSide} from '../../src/model/radar/forecast.ts'
import {applied, BASE, branches, importStream, type Tree} from './radar-repositories.ts'
import {createSandbox, type Sandbox} from './setup.ts'

/** A sandbox's clone in which main is what `tree` says, with a branch for each of the others. */
async function cloneWith(sandbox: Sandbox, tree: Tree, others: ReadonlyMap<string, Tree>) {
  const clone = await sandbox.clone()
  const importing = (input: string) =>
    run('git', {args: ['fast-import', '--quiet', '--force'], cwd: clone.dir, env: clone.env, input})
  await importing(importStream(new Map([['main', tree]]), null))
  await clone.git('update-ref', 'refs/remotes/origin/main', 'main')
  await importing(importStream(others, 'refs/heads/main'))
  const heads = new Map<string, string>()
  for (const name of others.keys()) heads.set(name, await clone.resolve(name))
  return {clone, heads}
}

const side = (key: string, commit: string, head = commit): RadarSide => ({key, commit, head})

async function pairsIn(radar: RadarGateway, sides: readonly RadarSide[]): Promise<string[]> {
  const found = conflictsOf(await forecast(radar, sides, null), sides)
  return found.map(({one, other}) => `${one} ${other ?? 'main'}`).sort()
}

describe('the radar', () => {
  it('finds exactly the pairs that git merge itself cannot merge, whatever was edited, renamed, moved or replaced', {
    timeout: 120_000,
  }, async () => {
    let conflicting = 0
    await using sandbox = await createSandbox()
    await fc.assert(
      fc.asyncProperty(branches, async changes => {
        const trees = new Map(changes.map((of, index) => [`b${index}`, applied(BASE, of)]))
        const {clone, heads} = await cloneWith(sandbox, BASE, trees)
        using radar = (await sandbox.open(clone)).openRadar()
        const sides = [...heads].map(([name, commit]) => side(name, commit))
        const expected: string[] = []
        for (const [index, {key: one}] of sides.entries()) {
          for (const {key: other} of sides.slice(index + 1))
            if (!(await merges(clone, one, other))) expected.push(`${one} ${other}`)
        }
        conflicting += expected.length
        expect(await pairsIn(radar, sides)).toEqual(expected.sort())
        await rm(clone.dir, {recursive: true})
      }),
      {numRuns: 8, seed: 20_261_129, endOnFailure: true},
    )
    expect(conflicting).toBeGreaterThan(5)
  })

  it('compares as if each had landed on main as it is now, whatever main they began from', async () => {
    await using sandbox = await createSandbox({'a.txt': 'one\ntwo\nthree\n'})
    const clone = await sandbox.clone()
    const branch = async (name: string, from: string, text: string) => {
      await clone.git('checkout', '--quiet', '-b', name, from)
      return clone.commitFile('a.txt', text)
    }
    const old = await branch('old', 'main', 'ONE\ntwo\nthree\n')
    await clone.git('checkout', '--quiet', 'main')
    const main = await clone.commitFile('b.txt', 'new on main\n')
    await clone.git('push', '--quiet', 'origin', 'main')
    const young = await branch('young', main, 'one\ntwo\nTHREE\n')
    const third = await branch('third', main, 'Eins\ntwo\nthree\n')
    const repository = await sandbox.open(clone)
    await repository.fetch()
    using radar = repository.openRadar()
    expect(await pairsIn(radar, [side('old', old), side('young', young), side('third', third)])).toEqual(['old third'])
  })

  it('tells a side that conflicts with main, and the files with their kinds of conflict', async () => {
    await using sandbox = await createSandbox({'a.txt': 'one\n', 'b.txt': 'two\n'})
    const clone = await sandbox.clone()
    await clone.git('checkout', '--quiet', '-b', 'work')
    const work = await clone.commit({message: 'Work', files: {'a.txt': 'mine\n', 'b.txt': null}})
    await clone.git('checkout', '--quiet', 'main')
    await clone.commit({message: 'Main', files: {'a.txt': 'theirs\n', 'b.txt': 'changed\n'}})
    await clone.git('push', '--quiet', 'origin', 'main')
    const repository = await sandbox.open(clone)
    await repository.fetch()
    using radar = repository.openRadar()
    const sides = [side('work', work)]
    const known = await forecast(radar, sides, null)
    const [conflict] = conflictsOf(known, sides)
    expect(conflict).toEqual({
      one: 'work',
      other: null,
      files: [
        {path: 'a.txt', kind: 'contents'},
        {path: 'b.txt', kind: 'modify/delete'},
      ],
      committed: true,
    })
    const {tree} = known.onto.get(work)!
    const marked = await radar.marked(tree, ['gone.txt', 'a.txt', 'no\nfile missing', 'b.txt'])
    expect([...marked.keys()]).toEqual(['a.txt', 'b.txt'])
    expect(marked.get('a.txt')).toMatch(/^<{7}.*\ntheirs\n={7}\nmine\n>{7}/s)
  })

  it('sees what is not committed, leaves the index of the agent alone, and leaves nothing behind', async () => {
    await using sandbox = await createSandbox({'a.txt': 'one\n', '.gitignore': 'ignored.txt\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    await repository.fetch()
    const paths: string[] = []
    for (const name of ['one', 'two', 'three']) {
      const path = join(sandbox.path, name)
      await clone.git('worktree', 'add', '--quiet', '-b', name, path, 'origin/main')
      paths.push(path)
    }
    const [one, two, three] = paths.map(path => openSampleRepository(path, clone.env.HOME))
    await one!.write({'a.txt': 'ONE\n', 'new file.txt': 'x', 'ignored.txt': 'x'})
    await one!.git('add', 'new file.txt')
    await two!.write({'a.txt': 'uno\n', 'big.bin': 'x'.repeat(9 * 1024 * 1024)})
    await createSampleRepository({dir: join(three!.dir, 'inner')})
    const objects = await clone.git('count-objects', '-v')
    const index = await readFile(join(clone.dir, '.git/worktrees/one/index'))
    const scratch = async () => (await readdir(tmpdir())).filter(name => name.startsWith('clambake-radar-'))
    const before = await scratch()
    {
      using radar = repository.openRadar()
      const {held} = await radar.contents([...paths, join(sandbox.path, 'none')])
      const sides = [...held].map(([path, {head, commit}]) => side(basename(path), commit, head))
      const known = await forecast(radar, sides, null)
      expect(conflictsOf(known, sides)).toEqual([
        {one: 'one', other: 'two', files: [{path: 'a.txt', kind: 'contents'}], committed: false},
      ])
      expect(known.onto.get(sides[0]!.commit)!.changes.map(({path}) => path)).toEqual(['a.txt', 'new file.txt'])
      // A look at what did not change writes nothing and gives the same commits.
      expect((await radar.contents(paths)).held).toEqual(held)
      await two!.write({'a.txt': 'one\n'})
      const later = [...(await radar.contents(paths)).held].map(([path, {head, commit}]) =>
        side(basename(path), commit, head),
      )
      expect(conflictsOf(await forecast(radar, later, known), later)).toEqual([])
    }
    expect(await clone.git('count-objects', '-v')).toBe(objects)
    expect((await readFile(join(clone.dir, '.git/worktrees/one/index'))).equals(index)).toBe(true)
    expect(await scratch()).toEqual(before)
  })

  it('does not wait for long where git waits for a pipe, and reads the others', async () => {
    await using sandbox = await createSandbox({'a.txt': 'one\n'})
    const clone = await sandbox.clone()
    const paths = ['one', 'two'].map(name => join(sandbox.path, name))
    for (const path of paths) await clone.git('worktree', 'add', '--quiet', '-b', basename(path), path, 'origin/main')
    const pipe = join(paths[0]!, '.gitignore')
    await run('mkfifo', {args: [pipe], env: clone.env})
    const clock = createFakeClock()
    using radar = (await sandbox.open(clone, {clock})).openRadar()
    const look = radar.contents(paths)
    await vi.waitFor(() => expect(clock.pending).toBe(1))
    await clock.advance(10_000)
    const {held, silent} = await look
    expect([[...held.keys()], silent]).toEqual([[paths[1]], [paths[0]]])
    // Opening its other end, and closing it at once, ends the wait.
    await writeFile(pipe, '')
    await vi.waitFor(async () => expect([...(await radar.contents(paths)).held.keys()]).toEqual(paths))
  })

  it('sees the conflicts of others beside a commit that git can merge with none', async () => {
    await using sandbox = await createSandbox({'a.txt': 'one\n'})
    const clone = await sandbox.clone()
    const objects = looseObjects(join(clone.dir, '.git'))
    const on = (parents: string[], tree: string) => clone.git('commit-tree', '-m', 'x', ...parents, tree)
    const withFile = async (text: string, name = 'a.txt') => {
      const entry = `100644 ${name}\0`
      return objects.write('tree', Buffer.concat([Buffer.from(entry), Buffer.from(objects.write('blob', text), 'hex')]))
    }
    const parent = ['-p', await clone.resolve('origin/main')]
    const bad = {
      'of another history': await on([], await withFile('x\n')),
      'with a name that leads elsewhere': await on(parent, await withFile('x\n', 'a/../../b')),
      'with a file that has no name': await on(parent, await withFile('x\n', '')),
    }
    const good = [await on(parent, await withFile('two\n')), await on(parent, await withFile('three\n'))]
    const sides = [...good, ...Object.values(bad)].map((commit, index) => side(`s${index}`, commit))
    using radar = (await sandbox.open(clone)).openRadar()
    expect(await pairsIn(radar, sides)).toEqual(['s0 s1', 's2 main', 's3 main', 's4 main'])
  })

  it('sees a file that changed in the second of the last checkout, to the same size', async () => {
    await using sandbox = await createSandbox({'a.txt': 'one\n'})
    const clone = await sandbox.clone()
    // So that the second can be chosen: the time at which the inode changed cannot be set.
    await clone.git('config', 'core.trustctime', 'false')
    const path = join(sandbox.path, 'work')
    await clone.git('worktree', 'add', '--quiet', '-b', 'work', path, 'origin/main')
    const work = openSampleRepository(path, clone.env.HOME)
    const second = 1_700_000_000
    await utimes(join(path, 'a.txt'), second, second)
    await work.git('update-index', '--refresh')
    await work.write({'a.txt': 'ONE\n'})
    await utimes(join(path, 'a.txt'), second, second)
    await utimes(join(clone.dir, '.git/worktrees/work/index'), second, second)
    using radar = (await sandbox.open(clone)).openRadar()
    const {head, commit} = (await radar.contents([path])).held.get(path)!
    const {onto} = await forecast(radar, [side('work', commit, head)], null)
    expect(onto.get(commit)!.changes.map(change => change.path)).toEqual(['a.txt'])
  })
})

/** Whether `git merge` merges the branches without a conflict. */
async function merges({dir, env}: {dir: string; env: Record<string, string>}, one: string, other: string) {
  const git = (args: string[], accept = [0]) => run('git', {args, cwd: dir, env, accept})
  await git(['checkout', '--quiet', '--force', '--detach', one])
  const {exitCode, stdout} = await git(['merge', '--no-edit', other], [0, 1])
  // It fails with the same code for reasons of the worktree, which no test may take for a conflict.
  if (exitCode === 1) expect(stdout).toContain('CONFLICT')
  await git(['reset', '--quiet', '--hard'])
  await git(['clean', '-ffdxq'])
  return exitCode === 0
}
