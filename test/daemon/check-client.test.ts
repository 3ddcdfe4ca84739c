import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {installDocker} from '../../fixtures/docker/install.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {checkClient} from '../../src/cli/doctor/machine.ts'
import {checkSandbox} from '../../src/cli/doctor/sandbox.ts'
import {configSchema} from '../../src/model/data/config.ts'

const config = configSchema.parse({
  agents: {profile: 'box'},
  profiles: {box: {runner: 'docker', image: 'my-claude'}},
})

it('an agent in a container needs an engine that answers', async () => {
  using folder = temporaryFolder()
  const docker = installDocker(folder.path)
  expect(await checkClient({env: {PATH: docker.path}, config})).toMatchObject([
    {state: 'good', detail: 'profile box: claude, in my-claude, by docker 28.0.0'},
  ])
  expect(await checkClient({env: {PATH: '/nowhere'}, config})).toMatchObject([
    {state: 'bad', detail: 'profile box: docker is not in PATH'},
  ])
  using silent = temporaryFolder()
  writeFileSync(join(silent.path, 'docker'), '#!/bin/sh\nexit 1\n', {mode: 0o755})
  expect(await checkClient({env: {PATH: silent.path}, config})).toMatchObject([
    {state: 'bad', detail: 'profile box: claude, in my-claude: no docker engine answers'},
  ])
})

it('what docker says of an engine that does not answer is passed on', async () => {
  using folder = temporaryFolder()
  const script = ['#!/bin/sh', 'echo "permission denied at unix:///var/run/docker.sock" >&2', 'exit 1', '']
  writeFileSync(join(folder.path, 'docker'), script.join('\n'), {mode: 0o755})
  expect(await checkClient({env: {PATH: folder.path}, config})).toMatchObject([
    {
      state: 'bad',
      detail:
        'profile box: claude, in my-claude: no docker engine answers (permission denied at unix:///var/run/docker.sock)',
      mend: expect.stringContaining('let your user reach it'),
    },
  ])
})

it('says whether the sandbox can be used here, and that agents need it where a profile asks for it', async () => {
  using folder = temporaryFolder()
  const wanted = configSchema.parse({agents: {profile: 'box'}, profiles: {box: {sandbox: 'bwrap'}}})
  const says = async (bwrap: string | null) => {
    if (bwrap !== null) writeFileSync(join(folder.path, 'bwrap'), `#!/bin/sh\n${bwrap}\n`, {mode: 0o755})
    const [asked, unasked] = await Promise.all(
      [wanted, configSchema.parse({})].map(given => checkSandbox({env: {PATH: folder.path}, config: given})),
    )
    return {asked: asked?.[0], unasked: unasked?.[0]}
  }
  const missing = await says(null)
  expect(missing.asked).toMatchObject({state: 'bad', detail: expect.stringContaining('bubblewrap is not installed')})
  const forbidden = await says('[ "$1" = --version ] && echo bubblewrap 1 && exit; echo "No permissions" >&2; exit 1')
  expect(forbidden.asked).toMatchObject({state: 'bad', detail: expect.stringContaining('(No permissions)')})
  const works = await says('[ "$1" = --version ] && echo bubblewrap 1; exit 0')
  expect(works.asked).toMatchObject({state: 'good', detail: expect.stringContaining('alone; bubblewrap 1 works')})
  if (process.platform !== 'linux') return
  expect(missing.unasked).toMatchObject({state: 'good', detail: 'not used; bubblewrap is not installed'})
  expect(works.unasked).toMatchObject({state: 'good', detail: expect.stringContaining('sandbox = "bwrap"')})
})
