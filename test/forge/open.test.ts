import {chmod, mkdir, writeFile} from 'node:fs/promises'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {type Github, startGithub} from '../../fixtures/github/github.ts'
import type {FakeRepository} from '../../fixtures/github/repository.ts'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {cloneOf, type SampleRepository} from '../../fixtures/repos/sample.ts'
import {systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {checkRepository} from '../../src/cli/doctor/repository.ts'
import {placeOf} from '../../src/daemon/place.ts'
import {openForge, openForgeOnDefaultBranch} from '../../src/forge/open.ts'
import {type Config, configSchema} from '../../src/model/data/config.ts'

let stack: AsyncDisposableStack
let github: Github
let repository: FakeRepository
let clone: SampleRepository
let env: NodeJS.ProcessEnv
let state: string

beforeAll(async () => {
  stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  github = stack.use(await startGithub())
  repository = await github.createRepository({owner: 'acme', name: 'shop'})
  await repository.pushCommit({branch: 'release', files: {'a.txt': 'a\n'}})
  clone = await cloneOf(repository.url, {dir: `${folder.path}/clone`, token: github.token})
  env = {...sealedEnv(folder.path), GITHUB_TOKEN: github.token}
  state = `${folder.path}/state`
})
afterAll(() => stack.disposeAsync())

function open(config: Config) {
  const options = {root: clone.dir, state, config, env, clock: systemClock, log: silentLog, owner: 'test'}
  return openForgeOnDefaultBranch({...options, readOnly: true})
}

function branchConfig(branch?: string): Config {
  return configSchema.parse({github: {default_branch: branch}})
}

/** A pull request of an issue, open from `work` into the branch. */
async function openWork(base: string): Promise<{issue: number; pull: number}> {
  const {number: issue} = repository.openIssue({title: 'Cup'})
  await repository.pushCommit({branch: `work-${issue}`, files: {[`${issue}.txt`]: 'x\n'}})
  const {number: pull} = await repository.openPull({head: `work-${issue}`, base, title: 'Cup'})
  return {issue, pull}
}

async function mainBranchFinding(config: Config) {
  const findings = await checkRepository({place: await placeOf({cwd: clone.dir, env}), config, env})
  return findings.find(({name}) => name === 'main branch')
}

it("works on GitHub's default branch", async () => {
  const {git, github: gateway} = await open(branchConfig())
  expect(git.mainBranch).toBe('main')
  expect((await gateway.gate(await openWork('main'))).defaultBranch).toBe('main')
})

it("asks for the main branch with gh's login where the clone notes none", async () => {
  const {GITHUB_TOKEN: _, ...rest} = env
  const bin = `${state}-bin`
  await mkdir(bin)
  await writeFile(
    `${bin}/gh`,
    `#!/bin/sh\n[ "$*" = "auth token --hostname ${new URL(repository.url).host}" ] && echo ${github.token}\n`,
  )
  await chmod(`${bin}/gh`, 0o755)
  await clone.git('remote', 'set-head', 'origin', '--delete')
  const options = {root: clone.dir, state, config: branchConfig(), clock: systemClock, log: silentLog, owner: 'test'}
  const {git} = await openForge({...options, env: {...rest, PATH: `${bin}:${rest.PATH}`}, readOnly: true})
  await clone.git('remote', 'set-head', 'origin', 'main')
  expect(git.mainBranch).toBe('main')
})

it('works on the branch that the configuration names, also where the gate reads GitHub', async () => {
  const {git, github: gateway} = await open(branchConfig('release'))
  expect(git.mainBranch).toBe('release')
  expect((await git.fetch()).main).toBe(repository.branch('release'))
  expect(await gateway.gate(await openWork('release'))).toMatchObject({
    defaultBranch: 'release',
    pull: {base: {branch: 'release'}},
  })
  expect(await mainBranchFinding(branchConfig('release'))).toMatchObject({
    state: 'hint',
    detail: expect.stringMatching(/^work lands on release, as github.default_branch says; GitHub's default is main/),
  })
})

it('says whether work is checked, and what lets it land without', async () => {
  const find = async (config: Config) => {
    const findings = await checkRepository({place: await placeOf({cwd: clone.dir, env}), config, env})
    return findings.find(({name}) => name === 'checks')
  }
  expect(await find(branchConfig())).toMatchObject({
    state: 'hint',
    detail: 'nothing checks main, so each pull request waits for you',
    mend: expect.stringContaining('integration.allow_no_checks = true'),
  })
  expect(await find(configSchema.parse({integration: {allow_no_checks: true}}))).toMatchObject({state: 'good'})
  repository.addCheck({sha: repository.branch('main')!, name: 'unit', conclusion: 'success'})
  expect(await find(branchConfig())).toMatchObject({state: 'good', detail: expect.stringContaining('main is checked')})
})

it('names a branch that does not exist, with the key that names it, before anything is claimed', async () => {
  // Branches differ by case.
  const names = 'github.default_branch is Release, which does not exist in acme/shop'
  await expect(open(branchConfig('Release'))).rejects.toMatchObject({
    code: 'no-such-branch',
    exitCode: 2,
    message: names,
    next: expect.stringContaining('clambake.toml'),
  })
  expect(await mainBranchFinding(branchConfig('Release'))).toMatchObject({state: 'bad', detail: names})
})
