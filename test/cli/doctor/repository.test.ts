import {expect, it} from 'vitest'
import {startGithub} from '../../../fixtures/github/github.ts'
import {sealedEnv} from '../../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../../fixtures/repos/folder.ts'
import {cloneOf, createSampleRepository} from '../../../fixtures/repos/sample.ts'
import {boardFinding, checkRepository} from '../../../src/cli/doctor/repository.ts'
import {placeOf} from '../../../src/daemon/place.ts'
import {defaultConfig} from '../../../src/model/data/config.ts'
import {BOARD_COLUMNS} from '../../../src/model/data/show.ts'
import {aConfig} from '../../model/builders.ts'

const UNCHECKED = ['token', 'github', 'labels', 'board', 'claims']

it.each([
  ['none', null, /no remote named origin/],
  ['one that names no repository', 'https://user:secret@host.invalid/only-one-name', /host\.invalid.*names no repo/],
])('names the remote as what is wrong with %s, and checks nothing that needs it', async (_name, url, detail) => {
  await using folder = temporaryFolder('clambake-doctor-')
  const env = sealedEnv(folder.path)
  const clone = await createSampleRepository({dir: `${folder.path}/clone`, home: folder.path, files: {'a.txt': 'a'}})
  if (url !== null) await clone.git('remote', 'add', 'origin', url)
  // The main branch is noted, so that opening does not ask the remote for it.
  await clone.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main')
  await clone.git('update-ref', 'refs/remotes/origin/main', 'HEAD')
  const place = await placeOf({cwd: clone.dir, env})
  const [remote, ...others] = await checkRepository({place, config: defaultConfig, env})
  expect(remote).toMatchObject({
    name: 'remote',
    state: 'bad',
    detail: expect.stringMatching(detail),
    mend: expect.stringContaining('git remote add origin'),
  })
  expect(remote!.detail).not.toContain('secret')
  expect(others.map(({name, state}) => [name, state])).toEqual(UNCHECKED.map(name => [name, 'unknown']))
})

it('asks GitHub once where it does not answer, and says what it could not look at', async () => {
  await using folder = temporaryFolder('clambake-doctor-')
  await using github = await startGithub({viewer: 'ada'})
  const seed = await createSampleRepository({dir: `${folder.path}/seed`, home: folder.path, files: {'a.txt': 'a'}})
  const repository = await github.createRepository({owner: 'acme', name: 'shop', from: seed.dir})
  const clone = await cloneOf(repository.url, {dir: `${folder.path}/shop`, token: github.token, home: folder.path})
  const env = sealedEnv(folder.path, {GITHUB_TOKEN: github.token})
  const place = await placeOf({cwd: clone.dir, env})
  using refused = github.fault({kind: 'status', status: 401, match: {path: /^\/(repos|user|graphql|rate)/}, times: 100})
  const findings = await checkRepository({place, config: defaultConfig, env})
  const states = findings.map(({name, state}) => `${name} ${state}`)
  expect(states).toContain('github bad')
  expect(refused.hits).toBe(1)
  const unseen = ['main branch', 'checks', 'merging', 'labels', 'board', 'claims']
  expect(states).toEqual(expect.arrayContaining(unseen.map(name => `${name} unknown`)))
})

it('says that main lacks the MCP servers that are configured, or has ones that cannot be read', async () => {
  await using folder = temporaryFolder('clambake-doctor-')
  await using github = await startGithub({viewer: 'ada'})
  const files = {'good.json': '{"mcpServers": {}}', 'bad.json': '{'}
  const seed = await createSampleRepository({dir: `${folder.path}/seed`, home: folder.path, files})
  const repository = await github.createRepository({owner: 'acme', name: 'shop', from: seed.dir})
  const clone = await cloneOf(repository.url, {dir: `${folder.path}/shop`, token: github.token, home: folder.path})
  const env = sealedEnv(folder.path, {GITHUB_TOKEN: github.token})
  const place = await placeOf({cwd: clone.dir, env})
  const settingsOf = async (mcp: string | undefined) => {
    const config = aConfig({agents: mcp === undefined ? {} : {mcp_config: mcp}})
    const findings = await checkRepository({place, config, env})
    return findings.filter(({name}) => name === 'agent settings').map(({state, detail}) => `${state}: ${detail}`)
  }
  expect(await settingsOf(undefined)).toEqual([])
  expect(await settingsOf('good.json')).toEqual(['good: agents use good.json of main'])
  expect(await settingsOf('gone.json')).toEqual(['bad: gone.json on main: it does not exist'])
  expect(await settingsOf('bad.json')).toEqual(['bad: bad.json on main: it is not JSON'])
})

it('names for columns that a board lacks what can add them: a person where cards are on it, init where none are', () => {
  const [first, ...others] = BOARD_COLUMNS
  const board = {id: 'PVT_1', title: 'Plans', url: 'https://github.com/orgs/acme/projects/1', linked: true}
  const lacking = {...board, columns: others}
  expect(boardFinding({...lacking, items: 0})).toMatchObject({
    state: 'hint',
    detail: `Plans has no column ${first}`,
    mend: 'clambake init',
  })
  expect(boardFinding({...lacking, items: 3})).toMatchObject({
    state: 'hint',
    mend: 'add them to Status on https://github.com/orgs/acme/projects/1',
  })
  expect(boardFinding({...board, columns: BOARD_COLUMNS, items: 3})).toMatchObject({state: 'good', detail: 'Plans'})
})
