import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {poll} from '../../src/base/clock.ts'
import {isAlive} from '../../src/base/run.ts'
import {configSchema} from '../../src/model/data/config.ts'
import {endSession} from '../../src/terminal/processes.ts'
import {AGENT, SESSION, setUp} from './setup.ts'

const TRIAL = ['--unshare-user', '--unshare-pid', '--ro-bind', '/', '/', '--proc', '/proc', 'true']
const isUsable = process.platform === 'linux' && spawnSync('bwrap', TRIAL).status === 0
const why = isUsable ? '' : ' (skipped: no bubblewrap here, or no user namespaces)'

/** Prints `NAME: yes` for each command that works. */
function tries(commands: Record<string, string>): string {
  return Object.entries(commands)
    .map(([name, command]) => `if (${command}) >/dev/null 2>&1; then echo '${name}: yes'; else echo '${name}: no'; fi`)
    .join('\n')
}

/** Agents in the sandbox, which work on `worktree` beside another worktree `other`. */
async function boxed(options: {command?: string[]; agents?: object; profile?: object; state?: string} = {}) {
  const outer = temporaryFolder()
  const folder = realpathSync(outer.path)
  const state = join(folder, 'state')
  mkdirSync(state)
  writeFileSync(join(state, 'hub.db'), 'history')
  const box = {sandbox: 'bwrap', prompt: 'argument', state: 'exit', ...options.profile, command: options.command}
  const config = configSchema.parse({agents: {...options.agents, profile: 'box'}, profiles: {box}})
  const set = await setUp({}, {config, env: {CLAMBAKE_STATE_DIR: state}})
  const [worktree, other] = ['one', 'two'].map(name => join(folder, 'worktrees', name)) as [string, string]
  await set.repository.git('worktree', 'add', '--quiet', '-b', 'one', worktree)
  await set.repository.git('worktree', 'add', '--quiet', '-b', 'two', other)
  mkdirSync(join(set.home, '.ssh'))
  writeFileSync(join(set.home, '.ssh/id_ed25519'), 'a key')
  return {
    ...set,
    state,
    worktree,
    other,
    commonDir: join(set.repository.dir, '.git'),
    /** The end of the agent's program, and what it printed. */
    async ended() {
      const exit = async () => (await set.host.panes())[0]?.exit ?? undefined
      const end = await poll(exit, {everyMs: 50, timeoutMs: 30_000})
      const {pane} = (await set.host.panes())[0]!
      return {code: end?.code, text: await set.host.text(pane, 100)}
    },
    async [Symbol.asyncDispose]() {
      await set[Symbol.asyncDispose]()
      await outer[Symbol.asyncDispose]()
    },
  }
}

describe.skipIf(!isUsable)(`an agent in a sandbox of bubblewrap${why}`, () => {
  it('commits in its worktree, keeps a home, and reaches nothing else of this machine', {timeout: 60_000}, async () => {
    await using set = await boxed({command: ['sh', '-c', '. ./tries.sh']})
    const {worktree, other, state, home, commonDir} = set
    const gitDir = await set.repository.git('-C', worktree, 'rev-parse', '--absolute-git-dir')
    const commands = {
      'a commit': 'echo 1 > 1.txt && git add 1.txt && git -c user.name=A -c user.email=a@example.org commit -m One',
      node: 'node -e 0',
      'its home': 'touch "$HOME/kept"',
      'no clean-up': 'test "$(git config gc.auto)$(git config credential.helper)" = 0',
      'a device': 'touch /dev/null /tmp/x',
      'a key': `cat ${home}/.ssh/id_ed25519`,
      'the state folder': `cat ${state}/hub.db`,
      'another worktree': `ls ${other}/README.md`,
      "another worktree's git folder": `touch ${commonDir}/worktrees/two/index.lock`,
      'a hook': `touch ${commonDir}/hooks/pre-commit`,
      'the configuration': 'git config core.hooksPath /tmp',
      'another git folder': 'echo gitdir: /tmp > .git',
      'another common folder': `echo /tmp > ${gitDir}/commondir`,
      "the checkout's branch": `echo ref: refs/heads/one > ${commonDir}/HEAD`,
      'other attributes': `touch ${commonDir}/info/attributes`,
      'saved work': 'git update-ref -d refs/clambake/rescue/issue-1/x',
      'what was last seen of another': 'git update-ref refs/clambake/pinned/two HEAD',
      'other objects': `touch ${commonDir}/objects/info/alternates`,
      'its git folder’s configuration': `git config --worktree core.hooksPath /tmp`,
      'the checkout': `ls ${set.repository.dir}/README.md`,
      'the system': 'touch /usr/x',
      'another process': `ls /proc/${process.pid}`,
      'a token': 'cat /proc/*/environ | grep never',
      'a mount': 'mount -t tmpfs none /usr',
    }
    writeFileSync(join(worktree, 'tries.sh'), tries(commands))
    const saved = ['update-ref', 'refs/clambake/rescue/issue-1/x', 'HEAD'] as const
    await set.repository.git(...saved)
    await set.start({worktree})
    const {text} = await set.ended()
    await set.repository.git('pack-refs', '--all')
    expect(existsSync(join(commonDir, 'refs/clambake'))).toBe(true)
    await set.repository.git(...saved)
    const could = text.split('\n').flatMap(line => /^(.*): yes\r?$/.exec(line)?.slice(1) ?? [])
    expect(text).toContain('a mount: no')
    expect(could).toEqual(['a commit', 'node', 'its home', 'no clean-up', 'a device'])
    expect(await set.repository.git('log', '-1', '--format=%s', 'one')).toBe('One')
    expect(existsSync(join(set.containers.prepare('box', worktree).home, 'kept'))).toBe(true)
    expect(existsSync(join(gitDir, 'index'))).toBe(true)
  })

  it('leads no git of the person elsewhere, also after the configuration was changed', {timeout: 60_000}, async () => {
    await using set = await boxed({command: ['sh', '-c', '. ./tries.sh']})
    const {worktree, commonDir} = set
    const evil = 'mkdir evil; cp config evil/; echo evil > commondir; touch rebase-merge'
    const commands = {
      'waits for the person': 'touch begun; until [ -f changed ]; do sleep 0.05; done',
      'reads what the person set': 'test "$(git config some.key)" = value',
      'the configuration': `git config core.fsmonitor evil || echo x >> ${commonDir}/config`,
      'a folder beside': `cd ${commonDir} && ${evil}`,
    }
    writeFileSync(join(worktree, 'tries.sh'), tries(commands))
    await set.start({worktree})
    await poll(() => existsSync(join(worktree, 'begun')) || undefined, {everyMs: 20, timeoutMs: 30_000})
    await set.repository.git('config', 'some.key', 'value')
    writeFileSync(join(worktree, 'changed'), '')
    const {text} = await set.ended()
    expect(text).toContain('the configuration: no')
    expect(text).toContain('reads what the person set: yes')
    for (const name of ['evil', 'commondir', 'rebase-merge']) expect(existsSync(join(commonDir, name))).toBe(false)
    expect(await set.repository.git('config', '--default', 'none', 'core.fsmonitor')).toBe('none')
  })

  it('works with branches, stashes and picked commits, and packs none away', {timeout: 60_000}, async () => {
    await using set = await boxed({command: ['sh', '-c', '. ./tries.sh']})
    const {worktree, commonDir} = set
    const gitDir = await set.repository.git('-C', worktree, 'rev-parse', '--absolute-git-dir')
    await set.repository.git('tag', 'packed')
    await set.repository.git('pack-refs', '--all')
    await set.repository.git('tag', 'loose')
    const author = ['user.name=A', 'user.email=a@example.org', 'core.editor=true'].map(entry => `-c ${entry}`).join(' ')
    const commands = {
      'two sides': `git switch -c side && echo s > x && git add x && git ${author} commit -m S && git switch one &&
        echo o > x && git add x && git ${author} commit -m O`,
      'a stash': `echo more >> x && git ${author} stash && git ${author} stash pop && git checkout x`,
      'a conflict': `! git ${author} cherry-pick side`,
      'its end': `echo both > x && git add x && git ${author} cherry-pick --continue`,
      'a rebase': `! git ${author} rebase side && git ${author} rebase --abort`,
      'sees packed ones': 'git rev-parse packed loose',
      'packs them': 'git pack-refs --all',
    }
    writeFileSync(join(worktree, 'tries.sh'), tries(commands))
    await set.start({worktree})
    const {text} = await set.ended()
    const outcomes = Object.keys(commands).map(name => `${name}: ${name === 'packs them' ? 'no' : 'yes'}`)
    expect(text.split('\n').filter(line => outcomes.includes(line))).toEqual(outcomes)
    expect(existsSync(join(gitDir, 'CHERRY_PICK_HEAD'))).toBe(false)
    expect(await set.repository.git('stash', 'list')).toBe('')
    expect(existsSync(join(commonDir, 'refs/tags/loose'))).toBe(true)
    expect(await set.repository.git('log', '-2', '--format=%s', 'one')).toBe('S\nO')
  })

  it('has its hooks arrive, and a program outside of the system’s folders', {timeout: 60_000}, async () => {
    await using set = await boxed({
      profile: {state: 'signals', prompt: 'paste'},
      // The scripted agent loads files beside it.
      command: [process.execPath, AGENT, '--session-id', SESSION],
    })
    // Only the folders of the programs that the command names are seen.
    const root = join(import.meta.dirname, '../..')
    set.config.profiles.box!.runner_args.push('--ro-bind', root, root)
    await set.start({worktree: set.worktree})
    expect((await set.mail('SessionStart')).kind).toBe('SessionStart')
  })

  it('leaves no process when it is stopped, and runs what its agents wrote inside too', {timeout: 60_000}, async () => {
    await using set = await boxed({
      command: ['sh', '-c', 'setsid env -i sleep 600 & echo begun; exec sleep 600'],
      profile: {env: {CLAMBAKE_SESSION: SESSION}},
    })
    const {worktree, home} = set
    await set.start({worktree})
    const {pane, pid} = (await set.host.panes())[0]!
    const sleepers = () =>
      spawnSync('pgrep', ['-f', '^sleep 600$'], {encoding: 'utf8'}).stdout.split('\n').filter(Boolean).map(Number)
    const begun = async () => ((await set.host.text(pane, 100)).includes('begun') && sleepers().length > 1) || undefined
    expect(await poll(begun, {everyMs: 50, timeoutMs: 30_000})).toBe(true)
    const running = sleepers()
    // As after the death of a terminal host: nothing but the variable in the environment tells whose they are.
    process.kill(pid, 'SIGKILL')
    await set.ended()
    await endSession({session: SESSION, graceMs: 1000})
    expect(running.filter(isAlive)).toEqual([])

    const job = {kind: 'verify', ticket: 7, branch: 'one', session: SESSION, worktree, timeoutMinutes: 1} as const
    const commands = [`cat ${home}/.ssh/id_ed25519`]
    expect(await set.jobs.run({...job, commands})).toMatchObject({
      exit: 'code 1',
      output: expect.stringContaining('No such file'),
    })
    expect(await set.jobs.run({...job, commands: ['echo built > built.txt']})).toBe('passed')
    expect(readFileSync(join(worktree, 'built.txt'), 'utf8')).toBe('built\n')
  })

  it('has no network where its arguments take it away', {timeout: 60_000}, async () => {
    await using set = await boxed({
      command: ['sh', '-c', 'cat /proc/net/dev; echo end'],
      profile: {runner_args: ['--unshare-net']},
    })
    await set.start({worktree: set.worktree})
    const {code, text} = await set.ended()
    expect([code, text.match(/^\s*\w+:/gm)?.map(name => name.trim())]).toEqual([0, ['lo:']])
  })
})

describe('the configuration of a sandbox', () => {
  const parse = (box: object) => configSchema.safeParse({profiles: {box}})

  it('needs no command, as Claude is the default, and fits no runner and no agent without its hooks', () => {
    expect(parse({sandbox: 'bwrap'}).success).toBe(true)
    expect(parse({sandbox: 'bwrap', runner: 'docker', image: 'x'}).success).toBe(false)
    expect(parse({sandbox: 'bwrap', runner_args: ['--unshare-net']}).success).toBe(false)
  })
})
