import {existsSync, mkdirSync} from 'node:fs'
import {basename, join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {ScriptsInput} from '../../fixtures/agent/script.ts'
import {installDocker} from '../../fixtures/docker/install.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {reportOf} from '../../src/agents/claude/signals.ts'
import {NOTHING_TRUSTED} from '../../src/agents/claude/trusted.ts'
import {dockerRun} from '../../src/agents/isolation/docker.ts'
import {launchPlan} from '../../src/agents/profile.ts'
import {poll} from '../../src/base/clock.ts'
import {isAlive} from '../../src/base/run.ts'
import {type Config, configSchema} from '../../src/model/data/config.ts'
import {AGENT, CONFLICT, SESSION, setUp} from './setup.ts'

const place = {
  repository: 'abc',
  user: '1000:1000',
  home: '/state/homes/box',
  git: [
    {source: '/state/seen', target: '/r/.git', writable: true},
    {source: '/r/.git', target: '/run/git', writable: false},
  ],
}

function configOf(profile: object, agents: object = {}): Config {
  const box = {runner: 'docker', image: 'img:1', ...profile}
  return configSchema.parse({agents: {...agents, profile: 'box'}, profiles: {box}})
}

function planOf(config: Config) {
  return launchPlan({
    config,
    ticket: {issue: 7, title: 'Fix', branch: 'agent001/7-fix', session: SESSION, worktree: '/r/w/7'},
    agent: 'agent001',
    resume: false,
    prompt: 'Do it',
    trusted: NOTHING_TRUSTED,
    hostEnv: {
      PATH: '/bin',
      HOME: '/home/u',
      GITHUB_TOKEN: 'forge-secret',
      ANTHROPIC_API_KEY: 'key-secret',
      DOCKER_HOST: 'unix:///run/d.sock',
    },
    think: 'think',
    container: place,
  })
}

describe('the command line of a container', () => {
  it('mounts the worktree and git, what would run programs here read-only, and names variables without values', () => {
    const {command, env} = planOf(configOf({command: ['tool', '{prompt}'], prompt: 'argument', state: 'exit'}))
    const names = command.flatMap((word, index) => (command[index - 1] === '--env' ? [word] : []))
    expect(names).toEqual(expect.arrayContaining(['ANTHROPIC_API_KEY', 'CLAMBAKE_TICKET', 'CLAMBAKE_MAILBOX_TOKEN']))
    expect(names.filter(name => /^(PATH|DOCKER_HOST|GITHUB_TOKEN|HOME)$/.test(name))).toEqual([])
    expect(command.filter((word, index) => word !== '--env' && command[index - 1] !== '--env')).toEqual([
      ...['docker', 'run', '--rm', '-it', '--init', '--name', `clambake-${SESSION}`],
      ...['--label', `clambake.session=${SESSION}`, '--label', 'clambake.repository=abc', '--user', '1000:1000'],
      ...['--mount', 'type=bind,source=/r/w/7,target=/r/w/7'],
      ...['--mount', 'type=bind,source=/state/seen,target=/r/.git'],
      ...['--mount', 'type=bind,source=/r/.git,target=/run/git,readonly'],
      ...['--mount', 'type=bind,source=/state/homes/box,target=/state/homes/box'],
      ...['--workdir', '/r/w/7', 'img:1', 'tool', 'Do it'],
    ])
    expect(names.filter(name => name.includes('='))).toEqual(['HOME=/state/homes/box'])
    expect(command.join(' ')).not.toContain('secret')
    expect(env).toMatchObject({ANTHROPIC_API_KEY: 'key-secret', DOCKER_HOST: 'unix:///run/d.sock'})
    expect(JSON.stringify(env)).not.toContain('forge-secret')
  })

  it('has this network only for an agent that posts, and what the configuration says instead of ours', () => {
    const claude = planOf(configOf({}))
    expect(claude).toMatchObject({state: 'signals', promptBy: 'paste', sessions: true})
    expect(claude.command.join(' ')).toContain('--network host')
    expect(claude.command.at(claude.command.indexOf('img:1') + 1)).toBe('/bin/sh')
    // The image's Node, not this machine's.
    expect(claude.command.join(' ')).toContain(`'node' -e`)
    const own = planOf(configOf({runner_args: ['--network=none', '--user', '0', '--memory', '2g']})).command.join(' ')
    expect(own).not.toContain('--network host')
    expect(own).not.toContain('1000:1000')
    expect(own).toContain('--memory 2g img:1')
  })

  it('mounts folders of any name', () => {
    const options = {...place, image: 'i', args: [], session: 's', variables: [], posts: false, command: ['c']}
    expect(dockerRun({...options, worktree: '/a:b,"c'})).toContain('type=bind,"source=/a:b,""c","target=/a:b,""c"')
  })
})

it.each([
  [{runner: 'docker'}, 'image'],
  [{runner: 'docker', image: '--privileged'}, 'image'],
  [{runner: 'ssh', command: ['x'], state: 'exit'}, 'host'],
  [{runner: 'ssh', command: ['x'], host: 'h'}, 'state'],
  [{}, 'command'],
])('a profile %j is refused for its %s', (box, key) => {
  const issues = configSchema.safeParse({profiles: {box}}).error?.issues ?? []
  expect(issues.map(({path}) => path.join('.'))).toEqual([`profiles.box.${key}`])
})

describe('an agent in a container', {timeout: 90_000}, () => {
  async function boxed(scripts: ScriptsInput, profile: object = {}) {
    const folder = temporaryFolder()
    const docker = installDocker(folder.path)
    const command = [process.execPath, AGENT, '--scripts', join(folder.path, 'scripts.json')]
    const agents = {command, environment: ['CLAMBAKE_AGENT_PACE', 'CLAMBAKE_AGENT_DEAF']}
    const set = await setUp(scripts, {config: configOf(profile, agents), env: {PATH: docker.path}, folder: folder.path})
    return {
      ...set,
      docker,
      /** The running container. */
      async container() {
        const container = await poll(() => docker.containers().find(({pid}) => pid > 0), {
          everyMs: 10,
          timeoutMs: 30_000,
        })
        if (!container) throw new Error('there is no container')
        return container
      },
      async [Symbol.asyncDispose]() {
        await set.containers.sweep([])
        await set[Symbol.asyncDispose]()
        await folder[Symbol.asyncDispose]()
      },
    }
  }
  const SLEEPER = {command: ['sleep', '600'], state: 'exit', prompt: 'argument'}

  it('is started, reports, is stopped, and continues its conversation in another one', async () => {
    await using set = await boxed({
      7: [
        [
          {do: 'edit', file: 'one.txt', content: '1\n'},
          {do: 'commit', message: 'One'},
        ],
        [{do: 'say', text: 'two'}],
      ],
    })
    await set.start()
    const {labels, env, mounts, pid} = await set.container()
    expect(labels).toMatchObject({
      'clambake.session': SESSION,
      'clambake.repository': expect.stringMatching(/^\w{12}$/),
    })
    expect(env.HOME).toMatch(/\/repositories\/\w{12}\/homes\/box$/)
    expect(existsSync(env.HOME!)).toBe(true)
    expect(env).not.toHaveProperty('GITHUB_TOKEN')
    const git = join(set.repository.dir, '.git')
    expect(mounts.filter(mount => mount.endsWith(`target=${git}`))).toEqual([
      expect.stringMatching(/source=.*\/git-seen-inside\/\w+,/),
    ])
    expect(mounts).toContain(`type=bind,source=${git},target=/run/clambake/git,readonly`)
    await set.prompt()
    expect(reportOf(await set.mail('Stop'))).toEqual({kind: 'turnDone'})
    expect(await set.repository.git('log', '-1', '--format=%s')).toBe('One')

    await set.stop()
    expect(set.docker.containers()).toEqual([])
    expect(isAlive(pid)).toBe(false)
    expect((await set.host.panes()).every(info => info.exit)).toBe(true)
    await set.start({resume: true, assignment: CONFLICT, attempt: 1})
    expect(set.host.specs).toHaveLength(2)
    await set.prompt(CONFLICT)
    const stop = await set.mail('Stop', 2)
    expect(await set.host.text(stop.pane, 100)).toContain('two')
  })

  it('cannot write the configuration of its worktree, and cannot make one where git would read it', async () => {
    await using set = await boxed({})
    const other = join(set.repository.dir, '../other')
    await set.repository.git('worktree', 'add', '--quiet', '--detach', other)
    const read = () =>
      set.containers.prepare('box', other).git.flatMap(({target, writable}) => (writable ? [] : [basename(target)]))
    const always = ['git', 'packed-refs.5.new', 'clambake', 'info', 'worktrees', 'commondir', 'gitdir']
    expect(read()).toEqual([...always, '.git'])
    await set.repository.git('config', 'extensions.worktreeConfig', 'true')
    expect(read()).toEqual([...always, 'config.worktree', '.git'])
  })

  it('that outlived its docker client is ended by the stop', async () => {
    await using set = await boxed({}, SLEEPER)
    await set.start()
    const {pid} = await set.container()
    const {pane} = (await set.host.panes())[0]!
    await set.host.stop(pane, {graceMs: 0})
    expect(isAlive(pid)).toBe(true)
    await set.stop()
    expect(isAlive(pid)).toBe(false)
    expect(set.docker.containers()).toEqual([])
  })

  it('makes room for the next of its session, and is swept when no pane holds it', async () => {
    await using set = await boxed({}, SLEEPER)
    await set.start()
    const first = await set.container()
    const info = (await set.host.panes())[0]!
    await set.containers.sweep([info])
    expect(isAlive(first.pid)).toBe(true)
    // A killed host knows no pane.
    await set.host.stop(info.pane, {graceMs: 0})
    await set.host.close(info.pane)
    await set.start({resume: true, attempt: 2})
    expect(isAlive(first.pid)).toBe(false)
    const second = await set.container()
    expect(second.name).toBe(first.name)
    await set.containers.sweep([])
    expect(isAlive(second.pid)).toBe(false)
  })

  it('of a machine without an engine has nothing to sweep', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'bin'))
    await using set = await setUp({}, {env: {PATH: join(folder.path, 'bin')}})
    await set.containers.sweep([])
  })
})
