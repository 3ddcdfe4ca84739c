import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import {quickCi} from './checks.ts'
import {openPlay, type Play} from './stage.ts'
import {paneOf, stateWhen, type} from './steps.ts'

const NAMES = [
  'GH_TOKEN GITHUB_PAT GH_ENTERPRISE_TOKEN GITLAB_TOKEN BITBUCKET_PASSWORD CODEBERG_TOKEN GITEA_TOKEN NPM_TOKEN',
  'NODE_AUTH_TOKEN AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY GOOGLE_APPLICATION_CREDENTIALS AZURE_CLIENT_SECRET',
  'DATABASE_URL PGPASSWORD CLAMBAKE_DB_PASS SSH_AUTH_SOCK SSH_ASKPASS GIT_ASKPASS SLACK_WEBHOOK_URL VAULT_TOKEN',
].flatMap(line => line.split(' '))
const planted = Object.fromEntries(NAMES.map(name => [name, `planted-${name.toLowerCase()}`]))

const NOSY: DemoIssue = {
  title: 'Looks around',
  body: 'As the title says.',
  labels: ['route:ready'],
  turns: [
    [
      {do: 'run', args: ['sh', '-c', 'env > "$HOME/agent.env"']},
      {do: 'grandchild', setsid: true},
      {do: 'edit', file: 'seen.txt', content: 'nothing\n'},
      {do: 'commit', message: 'Look around'},
      {do: 'ask', command: 'wait'},
    ],
  ],
}

/** The environments of the pane's program and of all that it started, as the kernel has them. */
function environments(session: string): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(pid => {
      try {
        return [readFileSync(`/proc/${pid}/environ`, 'utf8')]
      } catch {
        return [] // Ended meanwhile, or another user's.
      }
    })
    .filter(environment => environment.split('\0').includes(`CLAMBAKE_SESSION=${session}`))
}

function expectClean(environment: string, play: Play): void {
  expect(environment).toContain('HOME=')
  expect(environment).not.toContain('planted-')
  expect(environment).not.toContain(play.github.token)
}

it.skipIf(process.platform !== 'linux')(
  'neither an agent with its children nor setup and verify see a secret',
  {timeout: 180_000},
  async () => {
    expect(NAMES.length).toBeGreaterThanOrEqual(20)
    const commands = {setup: ['env > "$HOME/setup.env"'], verify: ['env > "$HOME/verify.env"']}
    await using play = await openPlay({issues: [NOSY], ci: quickCi, commands, env: planted})
    await play.popped()
    await stateWhen(play, ({agents}) => agents[0]?.state === 'waiting')
    const {session} = await paneOf(play, 1)
    const found = environments(session)
    expect(found.length).toBeGreaterThanOrEqual(2)
    for (const environment of found) expectClean(environment, play)
    // The host and the daemon live for days, and every program of the user may read their environments.
    const pids = Object.values(play.pids()).filter(pid => pid !== null)
    expect(pids).toHaveLength(2)
    for (const pid of pids) {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8')
      expect(environment).toContain('HOME=')
      expect(environment).not.toContain(play.github.token)
      expect(environment).not.toContain('planted-gh_token')
    }
    await type(play, 1, 'y')
    await play.bottled(1)
    for (const name of ['agent', 'setup', 'verify']) {
      expectClean(readFileSync(join(play.env.HOME!, `${name}.env`), 'utf8'), play)
    }
  },
)
