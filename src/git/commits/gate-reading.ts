import type {GitReading} from '../../model/landing/gate/reading.ts'
import type {Context} from '../context.ts'
import {readObjects} from '../objects.ts'
import {changesWithObjects} from './gate-changes.ts'
import {conflictsWithMain} from './merge-check.ts'
import type {SharedFetch} from './shared-fetch.ts'

const WORKFLOW = /^\.github\/workflows\/[^/]+\.ya?ml$/

/** Answers that are kept, newest last: more pull requests than land at once. */
const KEPT = 100

export type GateFacts = (asked: {head: string; conflicts: boolean; fresh: boolean}) => Promise<GitReading>

/**
 * What git says of a pull request's head against main. A head that is not here, or one that shares no commit with main,
 * leaves what it cannot tell null. What two commits are to each other never changes, so it is found out once.
 */
export function createGateFacts(context: Context, fetch: SharedFetch): GateFacts {
  const known = new Map<string, Compared>()

  return async ({head, conflicts, fresh}) => {
    const {main, rewrite} = await fetch({fresh})
    const key = `${main} ${head}`
    const facts = known.get(key) ?? (await compare(context, {main, head}))
    known.delete(key)
    if (facts.base !== null) known.set(key, facts)
    for (const oldest of known.keys()) if (known.size > KEPT) known.delete(oldest)
    if (!conflicts || facts.base === null) return {...facts, rewrite}
    return {...facts, rewrite, conflicts: await conflictsWithMain(context, head)}
  }
}

type Compared = Omit<GitReading, 'rewrite'>

async function compare(context: Context, {main, head}: {main: string; head: string}): Promise<Compared> {
  const none = {comparedWith: context.mainBranch, base: null, changes: null, conflicts: []}
  const base = await context.runner.git(['merge-base', main, head], {accept: [0, 1, 128]})
  if (base.exitCode !== 0) return none
  const {changes, objects} = await changesWithObjects(context, {head, base: base.stdout})
  if (!(await areTrue(context, {main, head, base: base.stdout, objects}))) {
    context.log.warn('objects of this clone are not what their ids say, so nothing is known of a head', {main, head})
    return none
  }
  return {
    comparedWith: context.mainBranch,
    base: {
      tip: main,
      // Where main is reached by the head, no other commit that both have is as new.
      contained: base.stdout === main,
      hasWorkflows: await holdsWorkflows(context, head),
    },
    changes,
    conflicts: [],
  }
}

/**
 * Whether all that the comparison went by is what its id says: the commits between, and the folders and tests that differ. An
 * agent can write the files in which git keeps objects, and could so hide a changed path, an emptied test, or that main has
 * moved; git checks what it reads only here and there.
 */
async function areTrue(
  context: Context,
  {main, head, base, objects}: {main: string; head: string; base: string; objects: readonly string[]},
): Promise<boolean> {
  const between = await context.runner.text(['rev-list', '--stdin'], {input: [main, head, `^${base}`].join('\n')})
  const commits = new Set([main, head, base, ...between.split('\n').filter(Boolean)])
  const roots = [head, base].map(commit => `${commit}^{tree}`)
  const found = await readObjects(context.runner, [...commits, ...roots, ...objects])
  const rootOf = (commit: string) =>
    /^tree ([0-9a-f]+)\n/.exec(found.get(commit)?.content.toString('latin1') ?? '')?.[1]
  return [...commits, ...objects, rootOf(head), rootOf(base)].every(id => id !== undefined && found.has(id))
}

async function holdsWorkflows({runner}: Context, head: string): Promise<boolean> {
  const text = await runner.text(['ls-tree', '-z', '--name-only', head, '--', '.github/workflows/'])
  return text.split('\0').some(path => WORKFLOW.test(path))
}
