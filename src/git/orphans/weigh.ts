import {messageOf} from '../../base/errors.ts'
import type {OrphanFacts} from '../../model/data/recovery/orphan.ts'
import {isTestPath} from '../../model/landing/gate/protected-paths.ts'
import {type Context, mainRef, presentCommits} from '../context.ts'
import {type Changes, changesOf, type Line} from './changes.ts'
import {mergeAll} from './merge-all.ts'
import {samePatches} from './same-patches.ts'

export type Weight = Pick<
  OrphanFacts,
  'commits' | 'lines' | 'files' | 'tests' | 'landed' | 'conflicts' | 'lastActivity' | 'unsure'
>

/** The step that a scan is at, and how many pieces of work it looks at. */
export type OnStep = (step: string, count: number) => void

/** A commit that main has not, and when it was made. */
type Commit = {time: number; parents: readonly string[]}

/** Of a commit that is not in this clone. */
export const NOTHING: Weight = {
  commits: 0,
  lines: 0,
  files: 0,
  tests: 0,
  landed: null,
  conflicts: null,
  lastActivity: null,
  unsure: 'its commits are not here',
}

/**
 * Weighs the work of many commits against main as of the last fetch. A fixed number of git processes does it, however
 * many heads there are. It writes nothing that stays.
 */
export async function weigh(
  context: Context,
  heads: Iterable<string>,
  onStep: OnStep = () => {},
): Promise<ReadonlyMap<string, Weight>> {
  const wanted = [...new Set(heads)]
  const weights = new Map<string, Weight>(wanted.map(head => [head, NOTHING]))
  const present = [...new Set(await presentCommits(context, wanted))].filter(oid => weights.has(oid))
  if (present.length === 0) return weights
  onStep('reading history', present.length)
  const times = await timesOf(context, present)
  const lines = await linesOf(context, present)
  for (const head of present) {
    const time = times.get(head)
    weights.set(head, {...NOTHING, unsure: null, landed: 'commits', conflicts: [], lastActivity: time ?? null})
  }
  if (lines.length === 0) return weights

  onStep('comparing with main', lines.length)
  const changes = await changesOf(
    context,
    lines.flatMap(({head, base}) => (base === null ? [] : [{commit: head, against: base}])),
  )
  onStep('trying merges', lines.length)
  const merged = await mergesOf(context, lines)
  onStep('looking for the same patches on main', lines.length)
  const left = lines.filter(({head}) => merged.get(head)?.landed !== true)
  const same = await samePatches(context, left, changes)
  for (const line of lines) {
    const {head, own, base} = line
    const merge = merged.get(head)
    weights.set(head, {
      ...sizeOf(changes.get(head)),
      commits: own.length,
      landed: merge?.landed ? 'files' : same.has(head) ? 'patches' : null,
      conflicts: merge?.conflicts ?? null,
      lastActivity: times.get(head) ?? null,
      unsure: base === null ? 'it shares no commit with main' : merge ? null : 'its merge could not be tried',
    })
  }
  return weights
}

function sizeOf(changes: Changes | undefined): Pick<Weight, 'lines' | 'files' | 'tests'> {
  const all = changes ?? []
  return {
    lines: all.reduce((sum, {added, removed}) => sum + (added ?? 0) + (removed ?? 0), 0),
    files: all.length,
    tests: all.filter(({path}) => isTestPath(path)).length,
  }
}

async function timesOf(context: Context, heads: readonly string[]): Promise<Map<string, number>> {
  const text = await context.runner.text(['rev-list', '--no-walk', '--timestamp', '--stdin'], {input: heads.join('\n')})
  return new Map(
    text
      .split('\n')
      .filter(Boolean)
      .map(line => {
        const [time, oid] = line.split(' ')
        return [oid!, Number(time) * 1000]
      }),
  )
}

/** The heads that main does not reach, each with its own commits. */
async function linesOf(context: Context, heads: readonly string[]): Promise<Line[]> {
  const text = await context.runner.text(['rev-list', '--parents', '--timestamp', '--stdin'], {
    input: [...heads, `^${mainRef(context)}`].join('\n'),
  })
  const commits = new Map<string, Commit>()
  for (const line of text.split('\n').filter(Boolean)) {
    const [time, oid, ...parents] = line.split(' ')
    commits.set(oid!, {time: Number(time), parents})
  }
  const lines: Line[] = []
  for (const head of heads) {
    if (!commits.has(head)) continue
    const {own, exits} = walk(head, commits)
    const [only, ...more] = exits
    // Where main was merged in, only git says which commit both share.
    const base = only === undefined ? null : more.length === 0 ? only : await baseOf(context, head)
    lines.push({head, own, base})
  }
  return lines
}

function walk(head: string, commits: ReadonlyMap<string, Commit>): {own: string[]; exits: Set<string>} {
  const own = new Set([head])
  const exits = new Set<string>()
  for (const oid of own) {
    for (const parent of commits.get(oid)?.parents ?? []) {
      if (commits.has(parent)) own.add(parent)
      else exits.add(parent)
    }
  }
  return {own: [...own], exits}
}

async function baseOf(context: Context, head: string): Promise<string | null> {
  const answer = await context.runner.git(['merge-base', mainRef(context), head], {accept: [0, 1]})
  return answer.exitCode === 0 ? answer.stdout : null
}

/** What merging each would do; without an entry: it could not be tried. */
async function mergesOf(
  context: Context,
  lines: readonly Line[],
): Promise<ReadonlyMap<string, {landed: boolean; conflicts: readonly string[]}>> {
  const heads = lines.filter(({base}) => base !== null).map(({head}) => head)
  try {
    return await mergeAll(context, heads)
  } catch (error) {
    // An object that is missing in one of them must not hide the others' facts.
    context.log.warn('orphans could not be merged with main to try', {error: messageOf(error)})
    return new Map()
  }
}
