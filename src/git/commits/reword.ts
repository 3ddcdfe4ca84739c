import {quoteMessage} from '../../model/mirror/quote.ts'
import {type Context, presentCommits} from '../context.ts'
import {readObjects} from '../objects.ts'
import type {Pins} from '../refs/pins.ts'
import {makeCommit, wordsOf} from './remake.ts'

/**
 * Makes commits again whose messages GitHub would act on when they reach it, by mentions or by closing other issues
 * than `issue`, and those on top of them: trees, authors and dates stay, and a signature of theirs goes. What the remote
 * has already, a person's commits say, stays as it is. Gives the head, which is the same however often it is asked.
 */
export async function rewordCommits(
  context: Context,
  options: {head: string; issue: number | null; heads: ReadonlyMap<string, string>; doing: string},
): Promise<string> {
  const {head, issue} = options
  let tip = head
  const made = new Map<string, string>()
  const commits = await newCommits(context, options)
  const hiding = await hidingWords(
    context,
    commits.map(({commit}) => commit),
  )
  for (const {commit, parents, message} of commits) {
    const harmless = quoteMessage(message, issue)
    if (harmless === message && !hiding.has(commit) && !parents.some(parent => made.has(parent))) continue
    const {author, committer} = await wordsOf(context, commit)
    tip = await makeCommit(context, {
      tree: `${commit}^{tree}`,
      parents: parents.map(parent => made.get(parent) ?? parent),
      message: harmless,
      env: {...author, ...committer},
    })
    made.set(commit, tip)
  }
  return made.get(head) ?? head
}

/** Moves a local branch to its reworded commits, and keeps the old ones here. One that moved meanwhile stays. */
export async function moveBranch(
  {runner}: Context,
  pins: Pins,
  {branch, from, to}: {branch: string; from: string; to: string},
): Promise<void> {
  await pins.keep({commit: from, name: branch, always: true})
  const args = ['update-ref', '-m', 'clambake: reworded', `refs/heads/${branch}`, to, from]
  await runner.git(args, {accept: [0, 1, 128]})
}

/** Those of the commits whose messages have a zero byte: git shows none of what follows it, and GitHub may read it. */
async function hidingWords({runner}: Context, commits: readonly string[]): Promise<ReadonlySet<string>> {
  const objects = await readObjects(runner, commits)
  return new Set([...objects].flatMap(([oid, {content}]) => (content.includes(0) ? [oid] : [])))
}

type Found = {commit: string; parents: string[]; message: string}

/** The commits that no branch of the remote has, as the remote itself names them: an agent can write our notes of it. */
async function newCommits(
  context: Context,
  {head, heads, doing}: {head: string; heads: ReadonlyMap<string, string>; doing: string},
): Promise<Found[]> {
  const {runner, refs, mainBranch} = context
  const main = heads.get(mainBranch)
  const tips = new Set(heads.values())
  let known = await presentCommits(context, tips)
  if (main !== undefined && !known.includes(main)) {
    await refs.fetch([`refs/heads/${mainBranch}`], {doing})
    known = await presentCommits(context, tips)
  }
  const input = [head, ...known.map(commit => `^${commit}`)].join('\n')
  const log = await runner.text(['log', '--reverse', '--topo-order', '-z', '--format=%H%n%P%n%B', '--stdin'], {input})
  return log
    .split('\0')
    .filter(Boolean)
    .map(entry => {
      const [commit = '', parents = '', ...message] = entry.split('\n')
      return {commit, parents: parents.split(' ').filter(Boolean), message: message.join('\n')}
    })
}
