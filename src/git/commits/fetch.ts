import {ClambakeError, hasCode, messageOf} from '../../base/errors.ts'
import {shortSha} from '../../base/words.ts'
import {openErrors} from '../command/failures.ts'
import {removeBrokenRef} from '../command/mend.ts'
import {type Context, isAncestor, mainRef, resolveCommit} from '../context.ts'
import {brokenRefs} from '../refs/broken-refs.ts'
import type {Halts} from '../refs/halts.ts'
import type {LastMain} from '../refs/last-main.ts'
import type {Pins} from '../refs/pins.ts'

/** A forced push to main, which removed commits from it. */
export type Rewrite = {from: string; to: string}

/** Times that main may move while it is fetched. */
const TRIES = 5

export type FetchParts = {pins: Pins; halts: Halts; lastMain: LastMain}

/**
 * Fetches branches, rescue refs and records, and returns main. It prunes nothing and keeps the old tip of a rewritten main. A
 * rewrite is returned by every fetch until it is in the record of halts, also after a restart.
 */
export async function fetchAll(context: Context, parts: FetchParts): Promise<{main: string; rewrite: Rewrite | null}> {
  const {refs, mainBranch} = context
  const {lastMain} = parts
  const noted = (await lastMain.tip()) ?? (await resolveCommit(context, mainRef(context)))
  for (let tries = 0; tries < TRIES; tries++) {
    const main = await fetchMain(context, parts, noted)
    // Another fetch may have ended meanwhile.
    const before = (await lastMain.tip()) ?? noted
    if (before === null || before === main || (await isAncestor(context, before, main))) {
      await lastMain.move(main)
      return {main, rewrite: null}
    }
    // Two fetches at once may write an older tip last, so the remote itself is asked.
    if ((await refs.heads('look at main')).get(mainBranch) !== main) continue
    return {main, rewrite: await rewriteOf(context, parts, {from: before, to: main})}
  }
  throw new ClambakeError({
    code: 'remote-unreachable',
    message: `${mainBranch} moved ${TRIES} times while it was fetched`,
    next: 'nothing to do: Clambake retries',
  })
}

async function fetchMain(context: Context, {pins}: FetchParts, known: string | null): Promise<string> {
  const {refs, records, remoteName, mainBranch} = context
  const where = `${mainBranch} at ${refs.remote.url}`
  const empty = known === null ? openErrors.noCommits(where) : mainMissing(where, known)
  const along = records.along()
  // Nothing is pruned: a note of a deleted branch may be the last name of its commits.
  const specs = [
    `+refs/heads/*:refs/remotes/${remoteName}/*`,
    '^refs/heads/clambake/*',
    'refs/clambake/rescue/*:refs/clambake/rescue/*',
    'refs/heads/clambake/rescue/*:refs/clambake/rescue/*',
    ...along.refspecs,
  ]
  const bring = () => refs.bring(specs, {branch: mainBranch, doing: 'fetch'})
  let brought: ReadonlyMap<string, string>
  try {
    brought = await bring().catch(async error => {
      if (!hasCode(error, 'git-failed')) throw error
      const cleared = [await removeBrokenNotes(context), await clearTheWay(context, pins)]
      if (!cleared.includes(true)) throw error
      return bring()
    })
  } catch (error) {
    throw /couldn't find remote ref/.test(messageOf(error)) ? empty : error
  }
  await along.take(brought)
  // The ref that the fetch has moved may be elsewhere again: an agent can write it, or make it the name of another.
  const main = brought.get(`refs/heads/${mainBranch}`)!
  context.fetched.main = main
  return main
}

/**
 * Removes notes of the remote's branches that name nothing, as after a loss of power: git can neither read nor write such a
 * ref. The fetch makes them again. Gives whether there was one.
 */
async function removeBrokenNotes({runner, remoteName, log}: Context): Promise<boolean> {
  const prefix = `refs/remotes/${remoteName}/`
  const broken = await brokenRefs(runner, prefix)
  for (const ref of broken) {
    await removeBrokenRef(ref, args => runner.git(args))
    log.warn('note of a branch removed, as it named nothing', {ref})
  }
  return broken.length > 0
}

/**
 * Removes notes of branches that the remote no longer has and whose name is the beginning of a present one's, or the other
 * way round: git cannot have both `a` and `a/b`. Their commits go into rescue refs. Gives whether there was one.
 */
async function clearTheWay(context: Context, pins: Pins): Promise<boolean> {
  const {runner, refs, remoteName, log} = context
  const present = [...(await refs.heads('look for branches')).keys()]
  const prefix = `refs/remotes/${remoteName}/`
  const text = await runner.text(['for-each-ref', '--format=%(objectname) %(refname)', prefix])
  const noted = text.split('\n').filter(Boolean)
  const isBelow = (one: string, other: string) => one.startsWith(`${other}/`)
  let cleared = false
  for (const line of noted) {
    const [commit = '', ref = ''] = line.split(' ')
    const branch = ref.slice(prefix.length)
    if (!present.some(other => isBelow(other, branch) || isBelow(branch, other))) continue
    await pins.keep({commit, name: branch, always: true})
    await runner.git(['update-ref', '--no-deref', '-d', ref, commit])
    log.warn('note of a deleted branch removed, as a new branch takes its name', {branch, commit})
    cleared = true
  }
  return cleared
}

/** A main that was there is missing: the answer was cut short, or main was deleted. The next fetch tells. */
function mainMissing(where: string, known: string): ClambakeError {
  return new ClambakeError({
    code: 'remote-unreachable',
    message: `${where} is not in what the fetch brought, and was ${shortSha(known)} before`,
    kept: 'the commits that were fetched',
    next: 'nothing to do if the remote comes back or the disk has room again; push main again if it was deleted',
  })
}

/** Keeps the old tip. null: the record of halts has this rewrite already, so a person was asked or has answered. */
async function rewriteOf(
  context: Context,
  {pins, halts, lastMain}: FetchParts,
  rewrite: Rewrite,
): Promise<Rewrite | null> {
  const {mainBranch, log} = context
  const {from, to} = rewrite
  // A branch that reaches it today may be gone tomorrow, and the warning names the rescue ref.
  await pins.keep({commit: from, name: mainBranch, always: true})
  for (const cause of await halts.causes()) {
    if (cause.kind !== 'rewrite' || cause.from === null || cause.to === null) continue
    // Another clone may have seen a later tip before the forced push, and this one a later tip after it.
    const isFrom = cause.from === from || (await isAncestor(context, from, cause.from))
    if (isFrom && (await isAncestor(context, cause.to, to))) {
      await lastMain.move(to)
      return null
    }
  }
  log.warn('main was force-pushed; its old tip is kept', {before: from, main: to})
  return rewrite
}
