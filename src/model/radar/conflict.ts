import type {AgentId} from '../data/ids.ts'

/** Something that may land beside others. */
export type ConflictSide = {
  /** Names it among the others: `#12`, `pull 31`, or a worktree's path. */
  key: string
  /** As people read it: `#12`, `PR 31`, the worktree's folder. */
  label: string
  ticket: number | null
  agent: AgentId | null
  /** null: a worktree without one. */
  branch: string | null
}

/** Two sides, or one side and main, that do not merge. */
export type Conflict = {
  one: ConflictSide
  /** null: main. */
  other: ConflictSide | null
  /** `kind`: how git names it: `contents`, `rename/delete`. */
  files: readonly {path: string; kind: string}[]
  /** Whether what both have committed conflicts too. */
  committed: boolean
}

export type SeenConflict = Conflict & {
  /** When it was seen first, in epoch milliseconds. */
  since: number
}

/** Identity of a conflict between two looks. */
export function conflictKey({one, other}: Pick<Conflict, 'one' | 'other'>): string {
  return `${one.key} ${other?.key ?? 'main'}`
}

/** `#12 and #14`, `#12 and main` */
export function conflictSides({one, other}: Pick<Conflict, 'one' | 'other'>): string {
  return `${one.label} and ${other?.label ?? 'main'}`
}

/** What the agents on both sides are told. A conflict with main becomes a repair by itself, so that its text is short. */
export function toldOfConflict({one, other, files}: Conflict): {agent: AgentId; ticket: number | null; text: string}[] {
  const paths = files.map(({path}) => path).join(', ')
  return [one, other].flatMap(side => {
    if (side === null || side.agent === null) return []
    const {agent, ticket} = side
    const against = side === one ? other : one
    if (against === null) return [{agent, ticket, text: `Your work conflicts with main in ${paths}.`}]
    const look = against.branch === null ? '' : `\nWhat it has committed: git diff origin/HEAD...${against.branch}`
    const text = [
      `Your work conflicts with that on ${against.label} in ${paths}.`,
      'Both are to land on main, one after the other. Keep your changes there as small as your task allows, and do not',
      `do again what the other one does.${look}`,
    ].join('\n')
    return [{agent, ticket, text}]
  })
}
