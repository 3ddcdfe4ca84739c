import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {Command} from 'commander'
import {expect, it} from 'vitest'
import {ancestryOf} from '../../src/base/processes/ancestry.ts'
import {trustClone} from '../../src/cli/commands/setup/trust-clone.ts'
import type {CommandContext} from '../../src/cli/context.ts'
import {placeOf} from '../../src/daemon/place.ts'
import {createSandbox} from '../git/setup.ts'

const isInPane = ((await ancestryOf(process.pid))?.sessions.length ?? 0) > 0

/** The command, with the answer of a person; without, there is no terminal. */
async function run(options: {cwd: string; env: Record<string, string>; answer?: boolean}) {
  const {cwd, env, answer} = options
  const seen = {text: '', said: '', exit: 0}
  const context = {
    env,
    json: false,
    interactive: answer !== undefined,
    clock: {now: () => 0},
    place: () => placeOf({cwd, env}),
    runningDaemon: async () => undefined,
    traced: (_: string, task: () => Promise<unknown>) => task(),
    explained: async (error: unknown) => error,
    print(_: unknown, text: () => string) {
      seen.text = text()
    },
    say(line: string) {
      seen.said += line
    },
    confirm: async () => answer ?? false,
    setExit(code: number) {
      seen.exit = code
    },
    [Symbol.asyncDispose]: async () => {},
  } as unknown as CommandContext
  const program = new Command()
  trustClone.mount(program, () => context)
  await program.parseAsync(['trust-clone'], {from: 'user'})
  return seen
}

it.skipIf(isInPane)('takes over attributes beside the commits that a person changed', async () => {
  await using sandbox = await createSandbox()
  const clone = await sandbox.clone()
  const env = {...sandbox.env, CLAMBAKE_STATE_DIR: join(sandbox.path, 'state')}
  await sandbox.open(clone, {state: env.CLAMBAKE_STATE_DIR})
  await writeFile(join(clone.dir, '.git/info/attributes'), '*.lock merge=union\n')
  expect((await run({cwd: clone.dir, env})).text).toMatch(
    /info\/attributes.*\n {2}before {2}not set\n {2}now {5}\*\.lock merge=union/,
  )
  expect(await run({cwd: clone.dir, env, answer: true})).toMatchObject({exit: 0})
  expect(await run({cwd: clone.dir, env})).toMatchObject({text: expect.stringContaining('nothing to accept')})
})

it.skipIf(isInPane)('asks a person about a changed address, and accepts nothing without a yes', async () => {
  await using sandbox = await createSandbox()
  const clone = await sandbox.clone()
  const state = join(sandbox.path, 'state')
  const env = {...sandbox.env, CLAMBAKE_STATE_DIR: state}
  await sandbox.open(clone, {state})
  expect(await run({cwd: clone.dir, env})).toMatchObject({exit: 0, text: expect.stringContaining('nothing to accept')})
  const other = await sandbox.clone('other')
  await clone.git('remote', 'set-url', 'origin', `file://${other.dir}`)
  const piped = await run({cwd: clone.dir, env})
  expect(piped).toMatchObject({exit: 1, said: ''})
  expect(piped.text).toMatch(/the address of origin\n {2}before {2}file:.*remote\.git\n {2}now {5}file:.*other/)
  expect(await run({cwd: clone.dir, env, answer: false})).toMatchObject({exit: 1})
  await expect(sandbox.open(clone, {state})).rejects.toMatchObject({code: 'clone-changed'})
  expect(await run({cwd: clone.dir, env, answer: true})).toMatchObject({exit: 0})
  expect((await sandbox.open(clone, {state})).remoteUrl).toContain('other')
})
