import {expect} from 'vitest'
import type {Play} from './stage.ts'

/** An error as a person reads it. */
export type Refusal = {exitCode: number; message: string; kept: string | null; next: string | null}

/**
 * Runs a command that is refused, and holds its words to our form: on the standard error what happened, what is kept
 * and what comes next, each once, without a stack trace.
 */
export async function refusal(
  play: Play,
  args: readonly string[],
  {env = {}, cwd}: {env?: Record<string, string>; cwd?: string} = {},
): Promise<Refusal> {
  const {exitCode, stdout, stderr} = await play.command(args, env, cwd)
  const line = ['$ clambake', ...args].join(' ')
  expect({exitCode: exitCode === 0 ? 0 : 'not 0', stdout}, `${line}\n${stderr}`).toEqual({
    exitCode: 'not 0',
    stdout: '',
  })
  expect(stderr, line).not.toMatch(/\n +at .+:\d+|internal|undefined|\[object/)
  const [, message, kept, next] = /^clambake: ([\s\S]+?)(?:\n {2}kept: (.+))?(?:\n {2}next: (.+))?$/.exec(stderr) ?? []
  expect(message, `${line} must say what happened:\n${stderr}`).toBeDefined()
  return {exitCode, message: message!, kept: kept ?? null, next: next ?? null}
}

/** As `refusal`, with `--json`: one object on the standard output and nothing else. */
export async function refusalData(play: Play, args: readonly string[], env: Record<string, string> = {}) {
  const {exitCode, stdout, stderr} = await play.command([...args, '--json'], env)
  expect(stderr).toBe('')
  const {error} = JSON.parse(stdout) as {error: {code: string; message: string; exitCode: number; next?: string}}
  expect(error.exitCode).toBe(exitCode)
  return error
}
