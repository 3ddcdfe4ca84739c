import type {Context} from '../context.ts'

/** A commit's message, and its author as git takes them from the environment. */
type Words = {message: string; author: Record<string, string>; committer: Record<string, string>}

export async function wordsOf({runner}: Context, commit: string): Promise<Words> {
  const format = '--format=%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%cd%x00%B'
  const text = await runner.text(['log', '-1', format, '--date=raw', commit, '--'])
  const [name = '', email = '', date = '', committer = '', committerEmail = '', committed = '', message = ''] =
    text.split('\0')
  return {
    message,
    author: {GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: `@${date}`},
    committer: {
      GIT_COMMITTER_NAME: committer,
      GIT_COMMITTER_EMAIL: committerEmail,
      GIT_COMMITTER_DATE: `@${committed}`,
    },
  }
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
