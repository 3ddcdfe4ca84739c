import {readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {SampleRepository} from '../../fixtures/repos/sample.ts'
import {run} from '../../src/base/run.ts'
import type {BundleWork} from '../../src/model/data/landing/bundle.ts'
import type {BuiltBundle, MadeFiles} from '../../src/model/gateways/bundle.ts'
import {applied, BASE, branches, importStream, type Tree} from './radar-repositories.ts'
import {createSandbox, refusal, type Sandbox} from './setup.ts'

const work = (ticket: number, branch: string, head: string, title = `Work ${ticket}`): BundleWork => ({
  ticket,
  title,
  branch,
  head,
})

/** A clone whose remote has a branch for each work, each one commit on top of main. */
async function cloneWith(sandbox: Sandbox, works: Readonly<Record<string, Readonly<Record<string, string>>>>) {
  const clone = await sandbox.clone()
  const heads: string[] = []
  for (const [branch, files] of Object.entries(works)) {
    await clone.git('checkout', '--quiet', '-b', branch, 'origin/main')
    heads.push(await clone.commit({message: `Work on ${branch}`, files}))
    await clone.git('push', '--quiet', 'origin', branch)
  }
  const list = Object.keys(works).map((branch, index) => work(index + 1, branch, heads[index]!))
  return {clone, works: list, repository: await sandbox.open(clone)}
}

function commitsIn(built: BuiltBundle): string[] {
  if (built.state !== 'built') throw new Error(`not built: ${JSON.stringify(built)}`)
  return built.commits.map(({commit}) => commit)
}

describe('a bundle', () => {
  it('holds after each commit what git itself makes of main when it merges the works one after another', {
    timeout: 120_000,
  }, async () => {
    const seen = {built: 0, conflict: 0}
    await fc.assert(
      fc.asyncProperty(branches, async changes => {
        await using sandbox = await createSandbox()
        const trees = new Map(changes.map((of, index) => [`b${index}`, applied(BASE, of)]))
        const clone = await importWorks(sandbox, trees)
        const repository = await sandbox.open(clone)
        const works: BundleWork[] = []
        for (const branch of trees.keys()) works.push(work(works.length + 1, branch, await clone.resolve(branch)))
        const merged = await mergeOneByOne(clone, works)
        const built = await repository.buildBundle({works, attempt: 0})
        seen[built.state === 'built' ? 'built' : 'conflict']++
        if (built.state !== 'built') {
          expect(built).toMatchObject({state: 'conflict', ticket: merged.conflict})
          return
        }
        expect(merged.conflict).toBeNull()
        const found = new Map<number, string>()
        for (const {ticket, commit} of built.commits)
          found.set(ticket, await clone.git('rev-parse', `${commit}^{tree}`))
        expect(found).toEqual(merged.trees)
        expect(built.empty).toEqual(works.map(({ticket}) => ticket).filter(ticket => !merged.trees.has(ticket)))
      }),
      {numRuns: 5, seed: 20_261_129, endOnFailure: true},
    )
    expect(seen.built).toBeGreaterThan(0)
    expect(seen.conflict).toBeGreaterThan(0)
  })

  it('is a line of commits on main that is the same every time, and another one at another attempt', async () => {
    await using sandbox = await createSandbox({'README.md': '# Sample\n'})
    const {clone, works, repository} = await cloneWith(sandbox, {one: {'a.txt': 'a\n'}, two: {'b.txt': 'b\n'}})
    const built = await repository.buildBundle({works, attempt: 0})
    const [first, second] = commitsIn(built)
    const main = await clone.resolve('origin/main')
    expect(await clone.git('log', '--format=%H %P', `${main}..${second}`)).toBe(`${second} ${first}\n${first} ${main}`)
    expect(await clone.git('log', '-1', '--format=%an <%ae>|%cn <%ce>|%G?|%B', first!)).toBe(
      `Test Author <author@example.test>|Clambake <clambake@localhost>|N|Work 1 (#1)

Work on issue 1, from one.

Clambake-Head: ${works[0]!.head}
`,
    )
    // What a person has set up to sign commits has no part in them.
    const GIT_CONFIG_GLOBAL = join(sandbox.path, 'signing')
    await writeFile(GIT_CONFIG_GLOBAL, '[commit]\n\tgpgSign = true\n[user]\n\tsigningKey = none\n')
    const signing = await sandbox.open(clone, {env: {...sandbox.env, GIT_CONFIG_GLOBAL}})
    expect(await signing.buildBundle({works, attempt: 0})).toEqual(built)
    expect(commitsIn(await repository.buildBundle({works: works.slice(0, 1), attempt: 0}))).toEqual([first])
    const other = commitsIn(await repository.buildBundle({works, attempt: 1}))
    expect(other).not.toContain(first)
    expect(await clone.git('rev-parse', `${other[1]}^{tree}`)).toBe(await clone.git('rev-parse', `${second}^{tree}`))
  })

  it('holds paths of any name, and is the same whether or not a work meets another one', async () => {
    await using sandbox = await createSandbox({'old/a.txt': 'a\n'.repeat(20), file: 'x\n', 'folder/x': 'x\n'})
    const {clone, works, repository} = await cloneWith(sandbox, {
      one: {'we"ird\n\\ é\t.txt': 'w\n'},
      two: {'b.txt': 'b\n'},
    })
    await clone.git('checkout', '--quiet', '-b', 'three', 'origin/main')
    await clone.git('rm', '--quiet', '-r', 'file', 'folder')
    await clone.write({folder: 'now a file\n', 'file/in': 'now a folder\n'})
    await writeFile(Buffer.concat([Buffer.from(`${clone.dir}/`), Buffer.from([0x66, 0xff])]), 'no text\n')
    await symlink('old/a.txt', join(clone.dir, 'link'))
    await clone.git('mv', 'old/a.txt', 'moved.txt')
    await clone.commitFile('run', '#!/bin/sh\n')
    await clone.git('update-index', '--chmod=+x', 'run')
    await clone.git('commit', '--quiet', '--amend', '--no-edit')
    const head = await clone.resolve('HEAD')
    await clone.git('push', '--quiet', 'origin', 'three')
    for (const alone of [works[0]!, work(3, 'three', head)]) {
      const [made] = commitsIn(await repository.buildBundle({works: [alone], attempt: 0}))
      expect(await clone.git('rev-parse', `${made}^{tree}`)).toBe(await clone.git('rev-parse', `${alone.head}^{tree}`))
    }
    // What changes nothing but made files is merged by itself.
    const made = [{isMade: (path: string) => path === 'b.txt', make: async () => {}}]
    const apart = await repository.buildBundle({works, attempt: 0, made})
    expect(commitsIn(apart)).toHaveLength(2)
    expect(apart).toEqual(await repository.buildBundle({works, attempt: 0}))
  })

  it('names the work that conflicts, with main or only with the works before it', async () => {
    await using sandbox = await createSandbox({'a.txt': 'one\n', 'b.txt': 'one\n'})
    const {clone, works, repository} = await cloneWith(sandbox, {
      one: {'a.txt': 'first\n'},
      two: {'a.txt': 'second\n', 'c.txt': 'c\n'},
      three: {'b.txt': 'third\n'},
    })
    await clone.git('checkout', '--quiet', 'main')
    const main = await clone.commitFile('b.txt', 'main\n')
    await clone.git('push', '--quiet', 'origin', 'main')
    const [one, two, three] = works
    const conflict = {state: 'conflict', base: main}
    expect(await repository.buildBundle({works: [one!, two!], attempt: 0})).toEqual({
      ...conflict,
      ...{ticket: 2, withMain: false, paths: ['a.txt']},
    })
    expect(await repository.buildBundle({works: [one!, three!, two!], attempt: 0})).toEqual({
      ...conflict,
      ...{ticket: 3, withMain: true, paths: ['b.txt']},
    })
  })

  it('leaves out works that change nothing, and says which head the remote does not have', async () => {
    await using sandbox = await createSandbox()
    const {clone, works, repository} = await cloneWith(sandbox, {
      one: {'a.txt': 'a\n'},
      two: {'a.txt': 'a\n'},
      gone: {'c.txt': 'c\n'},
    })
    const [one, two, gone] = works
    const built = await repository.buildBundle({works: [one!, two!], attempt: 0})
    expect(built).toMatchObject({state: 'built', empty: [2]})
    expect(commitsIn(built)).toHaveLength(1)
    await clone.git('push', '--quiet', 'origin', ':gone')
    expect(await repository.buildBundle({works, attempt: 0})).toEqual({state: 'missing', ticket: 3})
    // A branch that moved on has the head still; one that was rewritten has not.
    await clone.git('checkout', '--quiet', 'one')
    await clone.commitFile('more.txt', 'more\n')
    await clone.git('push', '--quiet', 'origin', 'one')
    expect(await repository.buildBundle({works: [one!], attempt: 0})).toMatchObject({state: 'built'})
    await clone.git('push', '--quiet', '--force', 'origin', `${gone!.head}:one`)
    expect(await repository.buildBundle({works: [one!], attempt: 0})).toEqual({state: 'missing', ticket: 1})
  })

  it('says of a work without any commit of main that it does not merge', async () => {
    await using sandbox = await createSandbox()
    const {clone, repository} = await cloneWith(sandbox, {})
    await clone.git('checkout', '--quiet', '--orphan', 'alone')
    const alone = await clone.commitFile('a.txt', 'a\n')
    await clone.git('push', '--quiet', 'origin', 'alone')
    const built = await repository.buildBundle({works: [work(1, 'alone', alone)], attempt: 0})
    expect(built).toMatchObject({state: 'conflict', ticket: 1, withMain: true})
    expect(await repository.workChanges([alone])).toEqual(new Map([[alone, null]]))
  })

  it('credits everybody who made the work, and nothing that an agent or an issue writes acts on GitHub', async () => {
    await using sandbox = await createSandbox()
    const {clone, repository} = await cloneWith(sandbox, {})
    await clone.git('checkout', '--quiet', '-b', 'one')
    const commit = (name: string, email: string, message: string) =>
      clone.git('-c', `user.name=${name}`, '-c', `user.email=${email}`, 'commit', '--allow-empty', '-q', '-m', message)
    await commit('Ann', 'ann@example.test', 'First\n\nCo-authored-by: Cy <CY@example.test>\nCo-authored-by: no address')
    await commit('Ann', 'ann@example.test', 'Second')
    await commit(
      '@octocat\x1b[31m fixes #9',
      'bob@example.test',
      'Third\n\nClambake-Head: 1\nCo-authored-by: cy <cy@example.test>',
    )
    await clone.write({'a.txt': 'a\n'})
    await clone.git('add', '-A')
    await commit('Bo\r\nCloses #9', 'bo@example.test', 'Fourth\n\nCo-authored-by: @dan <d@example.test>')
    const head = await clone.resolve('HEAD')
    await clone.git('push', '--quiet', 'origin', 'one')
    const title = 'Fix\n\nCloses #12\nClambake-Head: 2 @octocat <!-- x --> ![i](http://x) fixes'
    const [made] = commitsIn(await repository.buildBundle({works: [work(7, 'one', head, title)], attempt: 0}))
    expect(await clone.git('log', '-1', '--format=%an <%ae>', made!)).toBe('Ann <ann@example.test>')
    const message = await clone.git('log', '-1', '--format=%B', made!)
    expect(message.split('\n')[0]).toBe(
      'Fix Closes &#8203;#12 Clambake-Head: 2 @&#8203;octocat &lt;!-- x --> !&#8203;[i](http://x) fixes (\u200b#7)',
    )
    expect(message.match(/^Co-authored-by: .*$/gm)).toEqual([
      'Co-authored-by: Bo Closes \u200b#9 <bo@example.test>',
      'Co-authored-by: @\u200boctocat fixes \u200b#9 <bob@example.test>',
      'Co-authored-by: @\u200bdan <d@example.test>',
      'Co-authored-by: cy <cy@example.test>',
    ])
    expect(message.match(/^Clambake-Head: .*$/gm)).toEqual([`Clambake-Head: ${head}`])
  })

  it('moves its branches on the remote in one push, and deletes those that are still where they were pushed', async () => {
    await using sandbox = await createSandbox()
    const {clone, works, repository} = await cloneWith(sandbox, {one: {'a.txt': 'a\n'}, two: {'b.txt': 'b\n'}})
    const [first, second] = commitsIn(await repository.buildBundle({works, attempt: 0})) as [string, string]
    const whole = {branch: 'clambake/bundle/1', commit: second}
    const half = {branch: 'clambake/bundle/2', commit: first}
    await repository.pushBundle([whole, half])
    await repository.pushBundle([whole, half])
    const asked = [whole.branch, half.branch, 'none']
    const heads = (one: string | null, other: string | null) =>
      new Map([
        [whole.branch, one],
        [half.branch, other],
        ['none', null],
      ])
    expect(await repository.remoteHeads(asked)).toEqual(heads(second, first))
    // It is on a commit of an earlier attempt.
    const [other] = commitsIn(await repository.buildBundle({works, attempt: 1}))
    await repository.pushBundle([{...half, commit: other!}])
    expect(await repository.remoteHeads(asked)).toEqual(heads(second, other!))
    await repository.dropBundle([whole, half])
    await repository.dropBundle([whole, half])
    expect(await repository.remoteHeads(asked)).toEqual(heads(null, other!))
    expect((await refusal(repository.pushBundle([{branch: 'main', commit: second}]))).code).toBe('bad-branch')
    expect((await refusal(repository.dropBundle([{branch: 'main', commit: second}]))).code).toBe('bad-branch')
    expect(await clone.git('for-each-ref', '--format=%(objectname)', 'refs/clambake/bundles/')).not.toContain(second)
  })

  it('is dropped by several at once, as each of its tickets drops it after a restart', async () => {
    await using sandbox = await createSandbox()
    const {clone, works, repository} = await cloneWith(sandbox, {one: {'a.txt': 'a\n'}, two: {'b.txt': 'b\n'}})
    const [, tip] = commitsIn(await repository.buildBundle({works, attempt: 0})) as [string, string]
    const bundle = {branch: 'clambake/bundle/1', commit: tip}
    await Promise.all(Array.from({length: 12}, () => repository.dropBundle([bundle])))
    expect(await clone.git('for-each-ref', 'refs/clambake/bundles/')).toBe('')
  })

  it('leaves a branch that a person pushed to as it is', async () => {
    await using sandbox = await createSandbox()
    const {clone, works, repository} = await cloneWith(sandbox, {one: {'a.txt': 'a\n'}, two: {'b.txt': 'b\n'}})
    const [first, second] = commitsIn(await repository.buildBundle({works, attempt: 0})) as [string, string]
    const [mine, other] = ['clambake/bundle/1', 'clambake/bundle/2']
    await repository.pushBundle([
      {branch: mine, commit: second},
      {branch: other, commit: first},
    ])
    await clone.git('checkout', '--quiet', '--detach', second)
    const theirs = await clone.commit({message: 'A person looks into it', files: {'c.txt': 'c\n'}})
    await clone.git('push', '--quiet', 'origin', `${theirs}:refs/heads/${mine}`)
    const [, again] = commitsIn(await repository.buildBundle({works, attempt: 1})) as [string, string]
    const push = repository.pushBundle([
      {branch: mine, commit: again},
      {branch: other, commit: again},
    ])
    expect(await refusal(push)).toMatchObject({code: 'branch-moved', message: expect.stringContaining(mine)})
    await repository.dropBundle([
      {branch: mine, commit: theirs},
      {branch: other, commit: first},
    ])
    expect(await repository.remoteHeads([mine, other])).toEqual(
      new Map([
        [mine, theirs],
        [other, null],
      ]),
    )
  })

  it('outlives a collection of garbage until it is dropped, and is no lost work afterwards', async () => {
    await using sandbox = await createSandbox()
    const {clone, works, repository} = await cloneWith(sandbox, {one: {'a.txt': 'a\n'}, two: {'b.txt': 'b\n'}})
    const [first, second] = commitsIn(await repository.buildBundle({works, attempt: 0})) as [string, string]
    await clone.git('gc', '--quiet', '--prune=now')
    await repository.pushBundle([{branch: 'clambake/bundle/1', commit: second}])
    await repository.dropBundle([{branch: 'clambake/bundle/1', commit: second}])
    expect(await repository.lostCommits()).toEqual([])
    await clone.git('gc', '--quiet', '--prune=now')
    await expect(clone.resolve(first)).rejects.toThrow()
  })

  it('is found again on main by the heads that it carries, however it landed, and nobody can only claim so', async () => {
    await using sandbox = await createSandbox()
    const {clone, works, repository} = await cloneWith(sandbox, {
      one: {'a.txt': 'a\n'},
      two: {'b.txt': 'b\n'},
      three: {'c.txt': 'c\n'},
      four: {'d.txt': 'd\n'},
    })
    const [one, two, three, four] = works as [BundleWork, BundleWork, BundleWork, BundleWork]
    const since = await clone.resolve('origin/main')
    const heads = works.map(({head}) => head)
    const landed = async () => [...(await repository.landedWork({heads, since}))].sort()
    expect(await landed()).toEqual([])
    // By a merge commit.
    const [first, second] = commitsIn(await repository.buildBundle({works: [one, two], attempt: 0}))
    await clone.git('checkout', '--quiet', 'main')
    await clone.git('merge', '--quiet', '--no-ff', '-m', 'Merge', second!)
    await clone.git('push', '--quiet', 'origin', 'main')
    const expected = [
      [one.head, first],
      [two.head, second],
    ]
    expect(await landed()).toEqual(expected.toSorted())
    // By a rebase, onto a main that has moved.
    const [third] = commitsIn(await repository.buildBundle({works: [three], attempt: 0}))
    await clone.commitFile('z.txt', `z\n`, `Claim more than is true\n\nClambake-Head: ${four.head}`)
    await clone.git('cherry-pick', third!)
    await clone.git('push', '--quiet', 'origin', 'main')
    const rebased = await clone.resolve('main')
    expect(rebased).not.toBe(third)
    expect(await landed()).toEqual([...expected, [three.head, rebased]].toSorted())
    expect(await repository.landedWork({heads, since: rebased})).toEqual(new Map())
    const all = await repository.landedWork({heads, since: null})
    expect([...all].sort()).toEqual(await landed())
  })

  it('tells how pushed heads differ from main, as the gate sees them', async () => {
    await using sandbox = await createSandbox({'a.txt': 'a\n', 'test/x.test.ts': 'x\n'.repeat(9)})
    const {clone, works, repository} = await cloneWith(sandbox, {
      one: {'a.txt': 'b\n', '.github/workflows/ci.yml': 'on: push\n'},
      two: {'test/x.test.ts': '\n'},
    })
    await clone.git('checkout', '--quiet', 'main')
    await clone.commitFile('main.txt', 'moved\n')
    await clone.git('push', '--quiet', 'origin', 'main')
    await clone.git('checkout', '--quiet', 'one')
    await clone.git('merge', '--quiet', '--no-edit', 'origin/main')
    const merged = await clone.resolve('one')
    await clone.git('push', '--quiet', 'origin', 'one')
    const heads = [...works.map(({head}) => head), merged]
    const changes = await repository.workChanges([...heads, 'e'.repeat(40)])
    for (const head of heads) {
      const gate = await repository.gateFacts({head, conflicts: false, fresh: true})
      expect(changes.get(head)).toEqual(gate.changes)
    }
    expect(changes.get(heads[1]!)).toEqual([
      {path: 'test/x.test.ts', from: null, kind: 'modified', added: 1, left: 0, removed: 9},
    ])
    expect(changes.get(merged)).toHaveLength(2)
    expect(changes.get('e'.repeat(40))).toBeNull()
    expect(await repository.workChanges(heads)).toEqual(new Map(heads.map(head => [head, changes.get(head)])))
  })

  it('tells of a head that was pushed a moment after another was read', async () => {
    await using sandbox = await createSandbox({'a.txt': 'a\n'})
    const repository = await sandbox.open(await sandbox.clone())
    const {main} = await repository.fetch()
    expect(await repository.workChanges([main])).toEqual(new Map([[main, []]]))
    const elsewhere = await sandbox.clone()
    await elsewhere.git('checkout', '--quiet', '-b', 'one')
    const head = await elsewhere.commitFile('b.txt', 'b\n')
    await elsewhere.git('push', '--quiet', 'origin', 'one')
    expect((await repository.workChanges([head])).get(head)).toMatchObject([{path: 'b.txt'}])
  })
})

describe('files that are made from others', () => {
  /** Writes `lock` from `package`, and remembers what it found in the folder. */
  function lockMaker() {
    const found: string[][] = []
    const made: MadeFiles = {
      isMade: path => path === 'lock',
      async make(folder) {
        found.push((await readdir(folder)).sort())
        const text = await readFile(join(folder, 'package'), 'utf8')
        await writeFile(join(folder, 'lock'), `lock of ${text}`)
        await writeFile(join(folder, 'litter'), 'x')
      },
    }
    return {made: [made], found}
  }

  it('are never merged as text: works that clash in nothing else get along, and the last commit has new ones', async () => {
    await using sandbox = await createSandbox({package: 'a\n\nb\n\nc\n', lock: 'lock of a\n\nb\n\nc\n'})
    const {clone, works, repository} = await cloneWith(sandbox, {
      one: {package: 'A\n\nb\n\nc\n', lock: 'lock of A\n\nb\n\nc\n'},
      two: {package: 'a\n\nb\n\nC\n', lock: 'other words\n'},
      three: {'other.txt': 'x\n'},
    })
    const {made, found} = lockMaker()
    expect(await repository.buildBundle({works, attempt: 0})).toMatchObject({state: 'conflict', paths: ['lock']})
    const [first, second, third] = commitsIn(await repository.buildBundle({works, attempt: 0, made}))
    const show = (commit: string, path: string) => clone.git('cat-file', 'blob', `${commit}:${path}`)
    expect(await show(first!, 'lock')).toBe('lock of a\n\nb\n\nc')
    expect(await show(second!, 'package')).toBe('A\n\nb\n\nC')
    expect(await show(third!, 'lock')).toBe('lock of A\n\nb\n\nC')
    expect(await clone.git('diff', '--name-only', second!, third!)).toBe('lock\nother.txt')
    expect(found).toEqual([['lock', 'other.txt', 'package']])
    expect((await readdir(repository.workspaceRoot)).filter(name => name.startsWith('.making'))).toEqual([])
    await clone.git('push', '--quiet', 'origin', `${third}:main`)
    const heads = works.map(({head}) => head)
    const landed = await repository.landedWork({heads, since: null, made})
    expect([...landed].sort()).toEqual(heads.map((head, index) => [head, [first, second, third][index]]).sort())
  })

  it('are merged as text where a work changes nothing else, and not made where no work changes them', async () => {
    await using sandbox = await createSandbox({package: 'a\n', lock: 'lock of a\n'})
    const {clone, works, repository} = await cloneWith(sandbox, {
      one: {'other.txt': 'x\n'},
      two: {lock: 'lock of a, with a newer b\n'},
      three: {lock: 'lock of a, with an older b\n'},
    })
    const [one, two, three] = works
    const {made, found} = lockMaker()
    commitsIn(await repository.buildBundle({works: [one!], attempt: 0, made}))
    expect(found).toEqual([])
    const [commit] = commitsIn(
      await repository.buildBundle({works: [two!], attempt: 0, made: [{...made[0]!, make: async () => {}}]}),
    )
    expect(await clone.git('cat-file', 'blob', `${commit}:lock`)).toBe('lock of a, with a newer b')
    expect(await repository.buildBundle({works: [two!, three!], attempt: 0, made})).toMatchObject({
      state: 'conflict',
      ticket: 3,
      withMain: false,
      paths: ['lock'],
    })
  })

  it('leave no folder behind when they cannot be made', async () => {
    await using sandbox = await createSandbox({package: 'a\n', lock: 'lock of a\n'})
    const {works, repository} = await cloneWith(sandbox, {one: {package: 'b\n', lock: 'x\n'}})
    const failing = {isMade: (path: string) => path === 'lock', make: () => Promise.reject(new Error('no network'))}
    await expect(repository.buildBundle({works, attempt: 0, made: [failing]})).rejects.toThrow('no network')
    expect(await readdir(repository.workspaceRoot)).toEqual([])
  })
})

/** A clone of a remote in which main is BASE, with a branch for each of the others. */
async function importWorks(sandbox: Sandbox, others: ReadonlyMap<string, Tree>): Promise<SampleRepository> {
  const clone = await sandbox.clone()
  const importing = (input: string) =>
    run('git', {args: ['fast-import', '--quiet', '--force'], cwd: clone.dir, env: clone.env, input})
  await importing(importStream(new Map([['main', BASE]]), null))
  await importing(importStream(others, 'refs/heads/main'))
  await clone.git('push', '--quiet', '--force', 'origin', 'main', ...others.keys())
  return clone
}

/** Merges the works onto main in a worktree; gives the tree after each that changed something, and the first conflict. */
async function mergeOneByOne(clone: SampleRepository, works: readonly BundleWork[]) {
  const trees = new Map<number, string>()
  await clone.git('checkout', '--quiet', '--force', '--detach', 'main')
  let before = await clone.git('rev-parse', 'HEAD^{tree}')
  let conflict: number | null = null
  for (const {ticket, branch} of works) {
    const {exitCode} = await run('git', {
      args: ['merge', '--quiet', '--no-ff', '-m', 'x', branch],
      cwd: clone.dir,
      env: clone.env,
      accept: [0, 1],
    })
    if (exitCode !== 0) {
      conflict = ticket
      await clone.git('merge', '--abort')
      break
    }
    const tree = await clone.git('rev-parse', 'HEAD^{tree}')
    if (tree !== before) trees.set(ticket, tree)
    before = tree
  }
  await rm(`${clone.dir}/.git/MERGE_HEAD`, {force: true})
  return {trees, conflict}
}
