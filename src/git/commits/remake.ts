import type {Context} from '../context.ts'

/** A commit's message, and its author as git takes them from the environment. */
type Words = {message: string; author: Record<string, string>; committer: Record<string, string>}

/** Reads the message, the author and the committer of a commit, as git takes them from the environment. */
export async function wordsOf({runner}: Context, commit: string): Promise<Words> {
  const format = '--format=%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%cd%x00%B'
  const text = await runner.text(['log', '-1', format, '--date=raw', commit, '--'])
  const [name = '', email = '', date = '', committer = '', committerEmail = '', committed = '', message = ''] =
    text.split('\0')
  return {
    message,
    author: {GIT_AUTHOR_NAME: nameFor(name), GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: dateFor(date)},
    committer: {
      GIT_COMMITTER_NAME: nameFor(committer),
      GIT_COMMITTER_EMAIL: committerEmail,
      GIT_COMMITTER_DATE: dateFor(committed),
    },
  }
}

/** A name that git takes: other programs write commits with names that it refuses, of dots and quotes alone. */
function nameFor(name: string): string {
  return /[^\s.,:;<>"\\'\x00-\x20]/.test(name) ? name : 'unknown'
}

/** A date that git takes, else its first. */
function dateFor(date: string): string {
  return /^\d{1,12} [+-](?:0\d|1[0-4])[0-5]\d$/.test(date) ? `@${date}` : '@0 +0000'
}

/** Writes a commit without a ref, by Clambake where `env` names no one else, and gives its id. */
export async function makeCommit(
  {runner}: Context,
  options: {tree: string; parents: readonly string[]; message: string; env?: Record<string, string>},
): Promise<string> {
  const {tree, parents, message, env = {}} = options
  const args = ['commit-tree', '--no-gpg-sign', '-F', '-', ...parents.flatMap(parent => ['-p', parent]), tree]
  return runner.text(args, {input: message, env})
}
