import {spawnSync} from 'node:child_process'
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {containerName} from '../../src/agents/isolation/docker.ts'
import {poll} from '../../src/base/clock.ts'
import {configSchema} from '../../src/model/data/config.ts'
import {SESSION, setUp} from './setup.ts'

/** An image with a shell and git. It is not pulled, since tests reach no network. */
const IMAGE = process.env.CLAMBAKE_TEST_IMAGE || 'alpine/git'

const docker = (...args: string[]) => spawnSync('docker', args, {encoding: 'utf8', timeout: 10_000})
const isThere = docker('image', 'inspect', IMAGE).status === 0
const why = isThere ? '' : ` (skipped: no docker engine here that has the image ${IMAGE})`

/** Exits with the number of forbidden things that it could do. */
const WORK = [
  'set -e',
  'if printenv GITHUB_TOKEN; then exit 3; fi',
  'if touch .git/hooks/pre-commit; then exit 4; fi',
  'if git config core.hooksPath /tmp; then exit 5; fi',
  'if mv .git/hooks .git/other; then exit 6; fi',
  'echo 1 > one.txt',
  'git add one.txt',
  'git -c user.name=A -c user.email=a@example.test commit -qm One',
  'touch "$HOME/kept"',
].join('\n')

describe.skipIf(!isThere)(`a true container${why}`, () => {
  async function boxed(script: string) {
    const env: Record<string, string> = process.env.DOCKER_HOST ? {DOCKER_HOST: process.env.DOCKER_HOST} : {}
    const box = {
      runner: 'docker',
      image: IMAGE,
      runner_args: ['--network', 'none', '--entrypoint', ''],
      command: ['sh', '-c', script],
      prompt: 'argument',
      state: 'exit',
    }
    return await setUp({}, {config: configSchema.parse({agents: {profile: 'box'}, profiles: {box}}), env})
  }

  it('commits in the worktree, keeps its home, and can change neither hooks nor configuration', async () => {
    await using set = await boxed(WORK)
    await set.start()
    const exit = await poll(async () => (await set.host.panes())[0]?.exit ?? undefined, {
      everyMs: 50,
      timeoutMs: 60_000,
    })
    const {pane} = (await set.host.panes())[0]!
    expect(exit, await set.host.text(pane, 100)).toMatchObject({code: 0})
    expect(await set.repository.git('log', '-1', '--format=%s')).toBe('One')
    expect(existsSync(join(set.containers.prepare('box', set.repository.dir).home, 'kept'))).toBe(true)
  })

  it('is gone after the stop', async () => {
    await using set = await boxed('echo begun; exec sleep 600')
    await set.start()
    const {pane} = (await set.host.panes())[0]!
    const begun = async () => (await set.host.text(pane, 100)).includes('begun') || undefined
    expect(await poll(begun, {everyMs: 50, timeoutMs: 60_000})).toBe(true)
    await set.stop()
    expect(docker('ps', '--all', '--quiet', '--filter', `name=${containerName(SESSION)}`).stdout).toBe('')
  })
})
