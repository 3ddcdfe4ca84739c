import {expect, it} from 'vitest'
import {installDocker} from '../../fixtures/docker/install.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {checkClient} from '../../src/cli/doctor/machine.ts'
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
  expect(await checkClient({env: {PATH: folder.path}, config})).toMatchObject([
    {state: 'bad', detail: 'profile box: claude, in my-claude: no docker engine answers'},
  ])
})
