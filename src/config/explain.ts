import {parseAgentId} from '../model/data/ids.ts'
import {expected, type Issue, shown, valueAt} from './describe.ts'
import {lineOf} from './locate.ts'
import {nearestSetting} from './nearest.ts'
import {settings} from './shape.ts'
import type {Mistake} from './translate.ts'

/** Explains the mistakes of a parsed `clambake.toml`, one sentence each, in the order of its lines. */
export function explain(options: {
  issues: readonly Issue[]
  /** Mistakes that have their sentence already. */
  others: readonly Mistake[]
  toml: string
  written: unknown
}): string[] {
  const {issues, others, toml, written} = options
  const known = settings().map(setting => setting.path)
  const explained = issues.flatMap((issue): Mistake[] => {
    if (issue.code !== 'unrecognized_keys') {
      const path = asWritten(issue.path, written)
      return [{path, text: `${path.join('.')} must be ${expected(issue)}, found ${shown(valueAt(written, path))}`}]
    }
    return issue.keys.map(key => {
      const path = [...asWritten(issue.path, written), key]
      // The schema has the slots in a table of their own.
      const nearest = nearestSetting([...issue.path, key].map(String), known)?.replace('agents.slots.', 'agents.')
      const inFile = nearest === undefined ? undefined : renameSlot(nearest, path)
      return {path, text: `unknown key ${path.join('.')}${inFile === undefined ? '' : `; did you mean ${inFile}?`}`}
    })
  })
  return [...others, ...explained]
    .map(({path, text}) => ({line: lineOf(toml, path) ?? lineOf(toml, path.slice(0, -1)), text}))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
    .map(({line, text}) => (line === undefined ? text : `line ${line}: ${text}`))
}

/** The path in the file: the schema sees `agents.slots.agent001` where the user wrote `agents.agent-001`. */
function asWritten(path: readonly PropertyKey[], written: unknown): readonly PropertyKey[] {
  const [first, second, id, ...rest] = path
  if (first !== 'agents' || second !== 'slots' || id === undefined) return path
  const table = valueAt(written, ['agents'])
  const name = Object.keys(typeof table === 'object' && table !== null ? table : {}).find(
    key => parseAgentId(key) === id,
  )
  return name === undefined ? path : [first, name, ...rest]
}

/** A suggested key of a slot, with the slot spelt as in the file. */
function renameSlot(proposal: string, path: readonly PropertyKey[]): string {
  const names = proposal.split('.')
  return names.map((name, index) => (parseAgentId(name) ? String(path[index] ?? name) : name)).join('.')
}
