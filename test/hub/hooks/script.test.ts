import {spawn, spawnSync} from 'node:child_process'
import {chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type TemporaryFolder, temporaryFolder} from '../../../fixtures/repos/folder.ts'
import {processOf} from '../../../src/base/processes/process-id.ts'
import {type HookPaths, hookPaths} from '../../../src/hub/hooks/folder.ts'
import {addToGuard, startWord, writeGuard} from '../../../src/hub/hooks/guard.ts'
import {installScript} from '../../../src/hub/hooks/install.ts'
import {type HookEvent, hookCommand} from '../../../src/hub/hooks/script.ts'

const SHELLS = ['dash', 'bash', 'busybox'].flatMap(name => {
  const found = spawnSync('which', [name], {encoding: 'utf8'}).stdout.trim()
  return found === '' ? [] : [name === 'busybox' ? [found, 'sh'] : name === 'bash' ? [found, '--posix'] : [found]]
})

describe.each(SHELLS.map(words => [words.join(' '), words] as const))('the script of the hooks in %s', (_, shell) => {
  let folder: TemporaryFolder
  let paths: HookPaths
  let session: string
  let seen: string
  let own: {pid: number; start: string}
  beforeEach(async () => {
    folder = temporaryFolder("clambake-it's-")
    paths = hookPaths(join(folder.path, 'state'))
    seen = join(folder.path, 'seen')
    const program = join(folder.path, 'program')
    // Stands for the program: it notes how it was called and what it read.
    writeFileSync(program, `#!/bin/sh\n{ echo "$*"; cat; echo; } >> '${seen.replaceAll("'", `'\\''`)}'; exit 2\n`)
    chmodSync(program, 0o755)
    installScript(paths, {node: program, entry: program})
    // The script's parent is this process.
    session = join(paths.sessions, String(process.pid))
    mkdirSync(session, {recursive: true})
    writeFileSync(join(session, 'beat'), '')
    utimesSync(join(session, 'beat'), 1000, 1000)
    const {pid, start} = (await processOf(process.pid))!
    own = {pid, start: startWord(start)}
  })
  afterEach(() => folder[Symbol.asyncDispose]())

  const guard = (words: string[], watcher = own) => writeGuard(join(session, 'guard'), {...watcher, words})
  const input = (command: string) => JSON.stringify({session_id: 's', tool_name: 'Bash', tool_input: {command}})

  /** Runs a hook as a client does; gives what the program was called with, '' when it was not. */
  async function ran(event: HookEvent, text: string, env: NodeJS.ProcessEnv = {}) {
    rmSync(seen, {force: true})
    const child = spawn(shell[0]!, [...shell.slice(1), paths.script, event], {
      env: {PATH: process.env.PATH, ...env},
      cwd: folder.path,
    })
    let said = ''
    child.stdout.on('data', data => (said += data))
    child.stderr.on('data', data => (said += data))
    child.stdin.on('error', () => {}) // It need not read what it does not need.
    child.stdin.end(text)
    const code = await new Promise(resolve => child.on('close', resolve))
    expect({code, said}).toEqual({code: 0, said: ''})
    return existsSync(seen) ? readFileSync(seen, 'utf8') : ''
  }
  const called = expect.stringMatching(/^\S+ hub-hook PreToolUse\n/)

  it('notes a tool call and starts nothing, where nothing is held that its text names', async () => {
    guard([])
    expect(await ran('PreToolUse', input('docker compose up'))).toBe('')
    expect(statSync(join(session, 'beat')).mtimeMs).toBeGreaterThan(Date.now() - 60_000)
    guard(['docker', 'push', 'kubectl apply'])
    expect(await ran('PreToolUse', input('npm test'))).toBe('')
    expect(await ran('PreToolUse', input(`echo ${'x'.repeat(200_000)}`))).toBe('')
  })

  it('asks the program, with all of its input, where a word of what is held occurs', async () => {
    guard(['docker', 'kubectl apply', '*.[a-z] $(x)'])
    for (const command of [
      'docker compose up',
      'x && kubectl apply -f \\n "a"',
      'ls *.[a-z] $(x) é',
      `docker ${'x'.repeat(200_000)}`,
    ]) {
      const text = input(command)
      expect(await ran('PreToolUse', text)).toBe(`${join(folder.path, 'program')} hub-hook PreToolUse\n${text}\n`)
    }
    addToGuard(join(session, 'guard'), ['terraform'])
    expect(await ran('PreToolUse', input('terraform apply'))).toEqual(called)
  })

  it.each([
    ['JSON would write in another way', 'say "docker"'],
    ['has a line break', 'a\nb'],
  ])('takes any text for one that names it, where a word %s', async (_, word) => {
    guard([word])
    expect(await ran('PreToolUse', input('npm test'))).toEqual(called)
  })

  it.each([
    ['there is no guard', () => {}],
    ['its watcher has ended', () => guard([], {pid: 2 ** 22 + 1, start: own.start})],
    ['another process has its watcher’s number', () => guard([], {...own, start: '1'})],
    ['the guard is of another program', () => writeFileSync(join(session, 'guard'), 'guard-9 1 1\n')],
    ['the guard is empty', () => writeFileSync(join(session, 'guard'), '')],
    ['the session is not known', () => rmSync(session, {recursive: true})],
    [
      'a turn began with what it was given',
      () => {
        guard([])
        writeFileSync(join(session, 'given'), '[1]')
      },
    ],
  ])('asks the program where %s', async (_, make) => {
    make()
    expect(await ran('PreToolUse', input('npm test'))).toEqual(called)
  })

  it.each(['SessionStart', 'UserPromptSubmit', 'Stop', 'SessionEnd'] as const)(
    'leaves %s to the program',
    async event => {
      expect(await ran(event, '{}')).toBe(`${join(folder.path, 'program')} hub-hook ${event}\n{}\n`)
    },
  )

  it('does nothing for a supervised agent, where the hub is off, and where Clambake is gone', async () => {
    expect(await ran('Stop', '{}', {CLAMBAKE_MAILBOX_URL: 'http://127.0.0.1:1'})).toBe('')
    writeFileSync(paths.offProjects, `0123 /elsewhere\nabcd ${folder.path}\n`)
    expect(await ran('Stop', '{}')).toBe('')
    expect(await ran('Stop', '{}', {CLAUDE_PROJECT_DIR: `${folder.path}/deep`})).toBe('')
    expect(await ran('Stop', '{}', {CLAUDE_PROJECT_DIR: `${folder.path}-2`})).not.toBe('')
    writeFileSync(paths.offProjects, '')
    writeFileSync(paths.off, '')
    expect(await ran('Stop', '{}')).toBe('')
    rmSync(paths.off)
    rmSync(join(folder.path, 'program'))
    expect(await ran('Stop', '{}')).toBe('')
    rmSync(paths.script)
    const {status, stdout, stderr} = spawnSync(shell[0]!, [...shell.slice(1), '-c', hookCommand(paths.script, 'Stop')])
    expect([status, `${stdout}${stderr}`]).toEqual([0, ''])
  })

  it('does not mind files that cannot be written', async () => {
    guard([])
    rmSync(join(session, 'beat'))
    mkdirSync(join(session, 'beat'))
    expect(await ran('PreToolUse', input('npm test'))).toBe('')
    rmSync(join(session, 'guard'))
    mkdirSync(join(session, 'guard'))
    expect(await ran('PreToolUse', input('npm test'))).toEqual(called)
  })
})
