import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {sealedEnv} from '../../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../../fixtures/repos/folder.ts'
import {createSampleRepository} from '../../../fixtures/repos/sample.ts'
import {checkClone, cloneFindings} from '../../../src/cli/doctor/clone.ts'
import {mergingFindings, repositoryFindings} from '../../../src/cli/doctor/repository.ts'
import {filtersIn, programOf} from '../../../src/git/clone-needs.ts'
import {configSchema} from '../../../src/model/data/config.ts'
import type {BundleRules} from '../../../src/model/gateways/bundle.ts'

describe('what a clone needs', () => {
  it('is said of each missing program and of each empty submodule, and of nothing else', async () => {
    await using folder = temporaryFolder('clambake-doctor-')
    const bin = join(folder.path, 'bin')
    mkdirSync(bin)
    const env = {...sealedEnv(folder.path), PATH: `${bin}:/usr/bin:/bin`}
    const clone = await createSampleRepository({
      dir: join(folder.path, 'clone'),
      home: folder.path,
      files: {'.gitattributes': '*.txt text\n', 'a.txt': 'a'},
    })
    const check = () => checkClone({root: clone.dir, env})
    expect(await check()).toMatchObject([{name: 'files', state: 'good'}])

    await clone.commit({
      message: 'Use filters',
      files: {'.gitattributes': '*.ipynb filter=strip\n', 'data/.gitattributes': '*.key filter=crypt diff=crypt\n'},
    })
    await clone.git('config', 'filter.strip.clean', '"strip tool" %f')
    await clone.git('update-index', '--add', '--cacheinfo', `160000,${await clone.resolve('HEAD')},vendor/lib`)
    expect(await check()).toMatchObject([
      {name: 'filter crypt', state: 'hint', mend: expect.stringContaining('filter.crypt')},
      {name: 'filter strip', state: 'bad', mend: 'install strip tool'},
      {name: 'submodules', state: 'hint', mend: expect.stringContaining('git submodule update --init')},
    ])
    writeFileSync(join(bin, 'strip tool'), '#!/bin/sh\n', {mode: 0o755})
    mkdirSync(join(clone.dir, 'vendor/lib'), {recursive: true})
    writeFileSync(join(clone.dir, 'vendor/lib/.git'), 'gitdir: ../x\n')
    expect((await check()).map(({name}) => name)).toEqual(['filter crypt'])
  })

  it('is git-lfs where attributes name it, installed and used', () => {
    const lfs = (programs: string[], ...there: string[]) =>
      cloneFindings({filters: [{name: 'lfs', programs}], emptySubmodules: []}, program => there.includes(program))
    expect(lfs([])).toMatchObject([{name: 'lfs', state: 'bad', mend: expect.stringContaining('install git-lfs')}])
    expect(lfs([], 'git-lfs')).toMatchObject([{name: 'lfs', state: 'bad', mend: 'git lfs install && git lfs pull'}])
    expect(lfs(['git-lfs'], 'git-lfs')).toMatchObject([{name: 'files', state: 'good'}])
  })

  it('is read from attributes and command lines as git reads them', () => {
    expect(filtersIn('# *.a filter=no\n*.b filter=one diff=x\n*.c -filter\n*.d text filter=two\n')).toEqual([
      'one',
      'two',
    ])
    expect(['git-lfs clean -- %f', '"a b" c', "'/x y/z' --in"].map(programOf)).toEqual(['git-lfs', 'a b', '/x y/z'])
  })
})

it('a way of merging that GitHub does not allow is named with one that it does', () => {
  const config = configSchema.parse({integration: {merge_strategy: 'squash'}})
  const rules = (...methods: NonNullable<BundleRules>['methods'][number][]): BundleRules => ({
    methods,
    approvals: 0,
    codeOwners: false,
    mergeQueue: false,
    autoMerge: false,
  })
  expect(mergingFindings(config, null)).toEqual([])
  expect(mergingFindings(config, rules('squash', 'rebase'))).toMatchObject([{state: 'good'}])
  expect(mergingFindings(config, rules('squash'))).toMatchObject([{state: 'hint'}])
  expect(mergingFindings(config, rules('rebase'))).toMatchObject([
    {state: 'bad', mend: expect.stringContaining('merge_strategy = "rebase"')},
  ])
  expect(mergingFindings(config, rules())).toMatchObject([{state: 'bad'}])
})

it('a fork is named with what it is a fork of', () => {
  const found = {fullName: 'ada/shop', hasIssues: true, canPush: true}
  const names = (forkOf: string | null) => repositoryFindings({...found, forkOf}).map(({name}) => name)
  expect(names(null)).toEqual(['github', 'push'])
  expect(names('acme/shop')).toEqual(['github', 'push', 'fork'])
})
