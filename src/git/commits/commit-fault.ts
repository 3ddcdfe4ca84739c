import {rm} from 'node:fs/promises'
import type {ErrorData} from '../../base/errors.ts'
import {makeTemporaryFolder} from '../../base/files.ts'
import {ANY_EXIT_CODE, run} from '../../base/run.ts'
import {safeLine, shellQuoted} from '../../base/text.ts'
import {parseListing, type Setting} from '../command/own-config.ts'

/** A signing program that asks for a passphrase never answers. */
const SIGNING_MS = 20_000
/** Which program signs, by the key that names it. An agent can write the clone's own configuration, so that names none. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'gpg.program': 'gpg',
  'gpg.openpgp.program': 'gpg',
  'gpg.x509.program': 'gpgsm',
  'gpg.ssh.program': 'ssh-keygen',
  'gpg.ssh.defaultkeycommand': '',
}

/**
 * Says why git makes no commit in a clone with the environment that agents get: it knows no author, or the configuration
 * wants commits signed and that fails. null: it makes one. Writes nothing that stays.
 */
export async function commitFault({
  dir,
  env,
}: {
  dir: string
  env: Readonly<Record<string, string | undefined>>
}): Promise<ErrorData | null> {
  const objects = makeTemporaryFolder('clambake-commit-')
  // Git as an agent runs it, with the person's configuration: our own git has an author and signs nothing.
  const git = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    run('git', {args, cwd: dir, env: {...env, ...more}, input: '', timeoutMs: SIGNING_MS, accept: ANY_EXIT_CODE})
  try {
    const author = await git(['var', 'GIT_AUTHOR_IDENT'])
    if (author.exitCode !== 0) return noAuthor(author.stderr)
    const committer = await git(['var', 'GIT_COMMITTER_IDENT'])
    if (committer.exitCode !== 0) return noAuthor(committer.stderr)
    const signs = await git(['config', '--type=bool', '--get', 'commit.gpgsign'])
    if (signs.stdout !== 'true') return null
    const settings = parseListing((await git(['config', '--list', '--show-scope', '--null'])).stdout)
    const store = {GIT_OBJECT_DIRECTORY: objects}
    const tree = await git(['mktree'], store)
    const signed = await git([...programs(settings), 'commit-tree', '-S', '-m', 'Try', tree.stdout], store)
    return signed.exitCode === 0 ? null : notSigned(dir, signed.stderr)
  } catch (error) {
    return notSigned(dir, error instanceof Error ? error.message : String(error))
  } finally {
    await rm(objects, {recursive: true, force: true})
  }
}

/** Options that name every signing program as the person's configuration outside of the clone does, or git itself. */
function programs(settings: readonly Setting[]): string[] {
  const trusted = settings.filter(({scope}) => scope === 'global' || scope === 'system')
  return Object.entries(PROGRAMS).flatMap(([key, usual]) => {
    const value = trusted.findLast(setting => setting.key === key)?.value ?? usual
    return ['-c', `${key}=${value}`]
  })
}

function noAuthor(said: string): ErrorData {
  const why = /fatal: (.+)/.exec(said)?.[1]
  return {
    code: 'commits-fail',
    message: `git knows no author for commits here, so agents cannot commit${why ? `: ${safeLine(why)}` : ''}`,
    kept: 'agents may still give an author of their own',
    next: 'git config --global user.name "Your Name"; git config --global user.email you@example.com',
    exitCode: 1,
  }
}

function notSigned(dir: string, said: string): ErrorData {
  const lines = said.split('\n').filter(line => /^(error|fatal|gpg|git)\b/.test(line))
  return {
    code: 'commits-fail',
    message: `commits are to be signed (commit.gpgSign), and signing fails, so agents cannot commit: ${safeLine(lines[0] ?? said)}`,
    kept: 'nothing was changed',
    next: `let the key sign without asking, or: git -C ${shellQuoted(dir)} config commit.gpgSign false`,
    exitCode: 1,
  }
}
