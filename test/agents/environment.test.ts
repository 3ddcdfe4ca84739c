import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {agentEnvironment} from '../../src/agents/environment.ts'
import {run} from '../../src/base/run.ts'
import {configSchema, defaultConfig} from '../../src/model/data/config.ts'

const PASSED = {
  PATH: '/bin',
  HOME: '/home/u',
  USER: 'u',
  SHELL: '/bin/sh',
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
  TMPDIR: '/tmp',
  HTTPS_PROXY: 'http://proxy:3128',
  no_proxy: 'localhost',
  ANTHROPIC_API_KEY: 'sk-ant-1',
  ANTHROPIC_BASE_URL: 'http://127.0.0.1:1',
  CLAUDE_CONFIG_DIR: '/home/u/.claude',
  DISABLE_AUTOUPDATER: '1',
  DISABLE_TELEMETRY: '1',
  DO_NOT_TRACK: '1',
  MAX_THINKING_TOKENS: '8000',
  BASH_MAX_TIMEOUT_MS: '600000',
  GIT_AUTHOR_NAME: 'Ann',
  GIT_COMMITTER_EMAIL: 'ann@example.test',
}
const SECRETS = {
  GITHUB_TOKEN: 'secret-01',
  GH_TOKEN: 'secret-02',
  GH_ENTERPRISE_TOKEN: 'secret-03',
  GITHUB_ENTERPRISE_TOKEN: 'secret-04',
  GITLAB_TOKEN: 'secret-05',
  GITHUB_PAT: 'secret-06',
  MY_FORGE_TOKEN: 'secret-07',
  NPM_TOKEN: 'secret-08',
  AWS_SECRET_ACCESS_KEY: 'secret-09',
  SSH_AUTH_SOCK: '/tmp/secret-10.sock',
  GIT_ASKPASS: '/usr/bin/secret-11',
  GIT_SSH_COMMAND: 'ssh -i secret-12',
  SSH_ASKPASS: 'secret-13',
  DATABASE_URL: 'postgres://u:secret-14@h/d',
  SLACK_WEBHOOK: 'secret-15',
  GH_CONFIG_DIR: '/home/u/secret-16',
  GIT_CONFIG_VALUE_0: 'secret-17',
  CLAMBAKE_DB_PASS: 'secret-18',
  OPENAI_API_KEY: 'secret-19',
  ACTIONS_RUNTIME_TOKEN: 'secret-20',
}

const config = configSchema.parse({github: {token_env: 'MY_FORGE_TOKEN'}})

describe('agentEnvironment', () => {
  it('passes what an agent needs and none of twenty secrets', () => {
    expect(Object.keys(SECRETS)).toHaveLength(20)
    const env = agentEnvironment({hostEnv: {...PASSED, ...SECRETS, RANDOM: 'x'}, config, profileEnv: {}})
    expect(env).toMatchObject({...PASSED, no_proxy: 'localhost,127.0.0.1,::1'})
    expect(JSON.stringify(env)).not.toMatch(/secret-\d\d/)
    expect(env).not.toHaveProperty('RANDOM')
    expect(env.GH_CONFIG_DIR).toBe('/dev/null')
  })

  it('drops a forge token under any name', () => {
    const hostEnv = {GITHUB_TOKEN: 'secret-01', ANTHROPIC_CUSTOM_HEADERS: 'X-Git: secret-01', ANTHROPIC_MODEL: 'opus'}
    const env = agentEnvironment({hostEnv, config: defaultConfig, profileEnv: {}})
    expect(JSON.stringify(env)).not.toContain('secret-01')
    expect(env.ANTHROPIC_MODEL).toBe('opus')
  })

  it('hides from an agent that Clambake itself runs inside one', () => {
    const hostEnv = {
      CLAUDECODE: '1',
      CLAUDE_CODE_ENTRYPOINT: 'cli',
      CLAUDE_CODE_SSE_PORT: '1',
      CLAUDE_CODE_MAX_RETRIES: '3',
    }
    const env = agentEnvironment({hostEnv, config: defaultConfig, profileEnv: {}})
    expect(Object.keys(env).filter(name => name.startsWith('CLAUDE'))).toEqual(['CLAUDE_CODE_MAX_RETRIES'])
  })

  it('passes named variables and those of the profile, but refuses forge tokens among them', () => {
    const allowing = configSchema.parse({agents: {environment: ['NPM_TOKEN']}})
    const env = agentEnvironment({hostEnv: SECRETS, config: allowing, profileEnv: {MODE: 'fast'}})
    expect(env).toMatchObject({NPM_TOKEN: 'secret-08', MODE: 'fast'})
    const greedy = configSchema.parse({agents: {environment: ['GH_TOKEN']}})
    expect(() => agentEnvironment({hostEnv: SECRETS, config: greedy, profileEnv: {}})).toThrow(
      expect.objectContaining({code: 'forge-token-refused'}),
    )
    expect(() => agentEnvironment({hostEnv: {}, config, profileEnv: {MY_FORGE_TOKEN: 'x'}})).toThrow(
      expect.objectContaining({code: 'forge-token-refused'}),
    )
  })

  it('leaves git without any credential helper, whatever the home configures', async () => {
    using folder = temporaryFolder()
    const home = folder.path
    const asUser = {PATH: process.env.PATH!, HOME: home, GIT_CONFIG_NOSYSTEM: '1'}
    const helper = '!f() { echo username=u; echo password=secret-99; }; f'
    await run('git', {args: ['config', '--file', join(home, '.gitconfig'), 'credential.helper', helper], env: asUser})
    const fill = {args: ['credential', 'fill'], input: 'protocol=https\nhost=github.com\n\n', accept: [0, 128]}

    expect((await run('git', {...fill, env: asUser})).stdout).toContain('secret-99')
    const env = agentEnvironment({hostEnv: asUser, config: defaultConfig, profileEnv: {}})
    const result = await run('git', {...fill, env})
    expect(result.exitCode).toBe(128)
    expect(result.stdout).not.toContain('secret-99')
  })
})
