import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {expect, it} from 'vitest'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {run} from '../../src/base/run.ts'
import {PROGRAM} from './stage.ts'

type Served = {url: string; api: string; graphql: string; checkout: string; env: Record<string, string>}

it('leaves a GitHub standing that speaks REST, GraphQL and git, and takes it away at Ctrl-C', async () => {
  await using folder = temporaryFolder('clambake-serve-')
  const temporary = join(folder.path, 'tmp')
  mkdirSync(temporary)
  const env = sealedEnv(join(folder.path, 'home'), {TMPDIR: temporary})
  const demo = spawn(process.execPath, [PROGRAM, 'demo', '--serve', '--json'], {cwd: folder.path, env, stdio: 'pipe'})
  const ended = once(demo, 'close')
  try {
    const [line] = (await once(createInterface(demo.stdout), 'line')) as [string]
    const served = JSON.parse(line) as Served
    const headers = {authorization: `bearer ${served.env.GITHUB_TOKEN}`}
    const issues: unknown = await (await fetch(`${served.api}/repos/acme/shop/issues`, {headers})).json()
    expect(issues).toHaveLength(9)
    const query = '{repository(owner: "acme", name: "shop") {issues(first: 1) {totalCount nodes {title}}}}'
    const answer = await fetch(served.graphql, {method: 'POST', headers, body: JSON.stringify({query})})
    expect(await answer.json()).toEqual({
      data: {repository: {issues: {totalCount: 9, nodes: [{title: expect.any(String)}]}}},
    })
    const {stdout} = await run('git', {args: ['ls-remote', 'origin', 'refs/heads/main'], cwd: served.checkout, env})
    expect(stdout).toContain('refs/heads/main')
  } finally {
    demo.kill('SIGINT')
  }
  expect(await ended).toEqual([0, null])
  expect(readdirSync(temporary)).toEqual([])
})
