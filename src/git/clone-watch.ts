import {join} from 'node:path'
import type {ErrorData} from '../base/errors.ts'
import {textOrNull} from '../base/files.ts'
import {safeLine, shellQuoted} from '../base/text.ts'
import {parseListing} from './command/own-config.ts'
import type {GitRunner} from './command/run-git.ts'

/** What changes whose name is on a person's commits, where their work is, and whether their git works here at all. */
const WATCHED = /^(core\.(bare|worktree|hookspath)|user\.(name|email|signingkey)|commit\.gpgsign|include\.path)$/

/** The error that says what changed in the clone's configuration; null: nothing that counts. */
export type CloneWatch = () => Promise<ErrorData | null>

/**
 * Watches the configuration that a clone shares with all its worktrees: every agent can write it, Clambake's git does not
 * read it, and a person's git does. What it was when the watch began is what it should be; a checkout that is
 * called bare locks a person's git out, so that is told from the beginning.
 */
export function watchClone(runner: GitRunner, commonDir: string): CloneWatch {
  const file = join(commonDir, 'config')
  const begun = textOrNull(file)
  let last: {text: string | null; changes: ErrorData | null} | null = null
  return async () => {
    const text = textOrNull(file)
    if (last === null || last.text !== text) {
      const first = await watchedIn(runner, begun)
      if (first.get('core.bare') === 'true') first.set('core.bare', 'false')
      last = {text, changes: changesOf(first, await watchedIn(runner, text), commonDir)}
    }
    return last.changes
  }
}

async function watchedIn(runner: GitRunner, text: string | null): Promise<Map<string, string>> {
  // By itself, git follows the includes of a configuration that it is given, and not those of a file that it is named.
  const args = ['config', '--file', '-', '--no-includes', '--list', '--show-scope', '--null']
  const {exitCode, stdout} = await runner.git(args, {input: text ?? '', accept: [0, 1, 128]})
  const settings = exitCode === 0 ? parseListing(stdout) : []
  return new Map(settings.flatMap(({key, value}) => (WATCHED.test(key) ? [[key, value]] : [])))
}

function changesOf(
  first: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
  commonDir: string,
): ErrorData | null {
  const keys = [...new Set([...first.keys(), ...now.keys()])].filter(key => first.get(key) !== now.get(key))
  if (keys.length === 0) return null
  const words = keys.map(key => `${key} is ${shown(now.get(key))}, and was ${shown(first.get(key))}`)
  const git = `git --git-dir=${shellQuoted(commonDir)} config`
  const back = keys.map(key => {
    const value = first.get(key)
    return value === undefined ? `${git} --unset-all ${key}` : `${git} ${key} ${shellQuoted(value)}`
  })
  return {
    code: 'clone-changed',
    message: `the clone's configuration changed, which agents can do: ${words.join('; ')}`,
    kept: 'Clambake does not read these settings; your own git does',
    next: `${back.join('; ')}; if it was you: clambake daemon restart`,
    exitCode: 1,
  }
}

function shown(value: string | undefined): string {
  return value === undefined ? 'not set' : JSON.stringify(safeLine(value))
}
