import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {openPlay, type Play} from './stage.ts'

type Finding = {name: string; state: string; detail: string; mend: string | null}

let play: Play
beforeAll(async () => {
  play = await openPlay()
})
afterAll(() => play[Symbol.asyncDispose]())

async function findings(env: Record<string, string> = {}, cwd?: string): Promise<Map<string, Finding>> {
  const {stdout} = await play.command(['doctor', '--format', 'json'], env, cwd)
  return new Map((JSON.parse(stdout).findings as Finding[]).map(finding => [finding.name, finding]))
}

it('finds a place to work in good, starts nothing, and says what could be better', async () => {
  const {stdout, exitCode} = await play.command(['doctor'], {TERM: 'xterm-256color', LANG: 'C.UTF-8'})
  expect(stdout).toMatch(/^✓ github +acme\/shop answers$/m)
  expect(stdout).toMatch(/^✓ push +the token may push$/m)
  expect(stdout).toMatch(/^✓ token +from GITHUB_TOKEN$/m)
  expect(stdout).toMatch(/^✓ claims +0 issues are claimed$/m)
  expect(stdout).toMatch(/^◆ main branch +main is not protected.*\n +→ clambake init$/m)
  expect(stdout).toMatch(/^◆ board +no board shows the tickets\n +→ clambake init$/m)
  expect(stdout).toContain('agents can work here')
  expect(stdout).not.toContain(play.github.token)
  expect(exitCode).toBe(0)
  expect(await play.processes()).toEqual([])
  const [format, json] = [await play.command(['doctor', '--format', 'json']), await play.command(['doctor', '--json'])]
  const shape = ({stdout}: {stdout: string}) => {
    const {findings, ...more} = JSON.parse(stdout) as {findings: Finding[]}
    return {
      more,
      keys: new Set(findings.flatMap(finding => Object.keys(finding))),
      names: findings.map(({name}) => name),
    }
  }
  expect(shape(json)).toEqual(shape(format))
  expect(shape(json)).toMatchObject({more: {}, keys: new Set(['name', 'state', 'detail', 'mend'])})
  expect(shape(json).names).toEqual(expect.arrayContaining(['node', 'files', 'merging']))
})

it('says of each wrong thing what mends it, and what it could not look at', async () => {
  const none = await findings({GITHUB_TOKEN: '', GH_TOKEN: ''})
  expect(none.get('token')).toMatchObject({state: 'bad', mend: 'set GITHUB_TOKEN, or run gh auth login'})
  expect(none.get('labels')).toMatchObject({state: 'unknown', detail: 'not checked: needs a token'})
  const wrong = await findings({GITHUB_TOKEN: 'ghp_wrong'})
  expect(wrong.get('github')).toMatchObject({state: 'bad', mend: expect.stringContaining('GITHUB_TOKEN')})
  const poor = await findings({TERM: 'dumb'})
  expect(poor.get('terminal')).toMatchObject({state: 'hint'})
})

it('names the scopes that a classic token lacks, and says nothing of those of another', async () => {
  expect((await findings()).get('scopes')).toBeUndefined()
  play.github.tellScopes(['read:project', 'repo'])
  expect((await findings()).get('scopes')).toEqual({
    name: 'scopes',
    state: 'hint',
    detail: 'no project: a board, made by clambake init; no workflow: work that changes files in .github/workflows',
    mend: expect.stringMatching(/^give the token project, workflow: https:\/\/.+\/settings\/tokens$/),
  })
  play.github.tellScopes([])
  expect((await findings()).get('scopes')).toMatchObject({
    state: 'bad',
    detail: expect.stringMatching(/^no repo: push/),
  })
  using _unseen = play.github.fault({kind: 'status', status: 404, match: {path: /^\/repos\/acme\/shop$/}})
  const unseen = await findings()
  expect(unseen.get('github')).toMatchObject({state: 'bad'})
  expect(unseen.get('scopes')).toMatchObject({state: 'bad'})
  play.github.tellScopes(['repo', 'project', 'workflow'])
  expect((await findings()).get('scopes')).toMatchObject({state: 'good', mend: null})
  play.github.tellScopes(null)
})

it('says when history cannot be written, and what that means', async () => {
  expect((await findings()).get('hub')).toMatchObject({
    state: 'good',
    detail: expect.stringContaining('no history yet'),
  })
  await play.command(['daemon', 'start'])
  await play.popped(1)
  expect((await findings()).get('hub')).toMatchObject({
    state: 'good',
    detail: expect.stringMatching(/hub\.db, \d+ events$/),
  })
  await play.command(['daemon', 'stop'])
  const file = (await findings()).get('hub')!.detail.split(',')[0]!
  const holder = new DatabaseSync(file)
  holder.exec('begin immediate')
  expect((await findings()).get('hub')).toMatchObject({state: 'bad', detail: expect.stringContaining('is locked')})
  holder.close()
})

it('outside of a repository looks at the machine and says so', async () => {
  const nowhere = join(play.folder, 'nowhere')
  await mkdir(nowhere, {recursive: true})
  const {stdout, exitCode} = await play.command(['doctor'], {}, nowhere)
  expect(stdout).toMatch(/^✗ repository +.*is not in a git repository/m)
  expect(stdout).toMatch(/^✓ node /m)
  expect(exitCode).toBe(1)
})
