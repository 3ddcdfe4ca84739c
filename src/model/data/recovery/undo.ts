import * as z from 'zod'

const oid = z.string().regex(/^[0-9a-f]{40,64}$/)
const name = z.string().min(1).max(4096)

/** How one thing that a person's step took away comes back. Each is safe to repeat and overwrites nothing. */
const part = z.discriminatedUnion('do', [
  /** A branch, here and with `remote` on the remote too. */
  z.object({do: z.literal('branch'), branch: name, oid, remote: z.boolean(), here: z.boolean()}),
  /**
   * A worktree on a branch, with the files of its rescue; null: it had nothing that its commit has not. `begun`: an undo began to
   * make it and did not end, so what is there lacks files.
   */
  z.object({
    do: z.literal('worktree'),
    path: name,
    branch: name,
    head: oid,
    rescue: oid.nullable(),
    begun: z.literal(true).exactOptional(),
  }),
  z.object({do: z.literal('stash'), oid, message: z.string()}),
  /** A ref of Clambake's own, a rescue say. */
  z.object({do: z.literal('ref'), ref: name, oid, remote: z.boolean()}),
  /** A choice to leave an orphan, which is forgotten. */
  z.object({do: z.literal('choice'), key: name}),
  /** A ticket that was given back; its agent continues on this branch. */
  z.object({do: z.literal('ticket'), issue: z.number().int(), branch: name}),
  z.object({do: z.literal('pull'), number: z.number().int()}),
])
export type UndoPart = z.infer<typeof part>
export type WorktreePart = Extract<UndoPart, {do: 'worktree'}>

/** A person's last step that took something away, so that it can be undone. */
export const undoStep = z.object({
  version: z.literal(1),
  at: z.string(),
  by: z.string(),
  /** What was done, as `archived agent001/7-cart`, and each of its steps. */
  what: z.string(),
  steps: z.array(z.string()),
  /** Steps of one command count as one. */
  group: z.string(),
  parts: z.array(part),
})
export type UndoStep = z.infer<typeof undoStep>

/** Steps of one command that are named; of more, the number is told. */
const NAMED = 3

/**
 * Joins a step with the one before, if both are of one command; a part that is noted twice counts once. A worktree that is
 * removed again, as after a kill, keeps the rescue of its files that was noted first.
 */
export function joinSteps(before: UndoStep | null, given: UndoStep): UndoStep {
  if (before === null) return given
  const step = {...given, parts: given.parts.map(part => withRescue(part, before.parts))}
  if (before.group !== step.group) return step
  const parts = new Map([...before.parts, ...step.parts].map(part => [JSON.stringify(part), part]))
  const steps = [...new Set([...before.steps, ...step.steps])]
  const more = steps.length > NAMED ? ` and ${steps.length - NAMED} more` : ''
  return {...step, steps, what: `${steps.slice(0, NAMED).join('; ')}${more}`, parts: [...parts.values()]}
}

function withRescue(part: UndoPart, before: readonly UndoPart[]): UndoPart {
  if (part.do !== 'worktree' || part.rescue !== null) return part
  const known = before.find(other => other.do === 'worktree' && other.path === part.path && other.head === part.head)
  return known?.do === 'worktree' ? {...part, rescue: known.rescue} : part
}

/** The step with a worktree that an undo begins to make, or has made. */
export function withBegun(step: UndoStep, worktree: WorktreePart, {isBegun}: {isBegun: boolean}): UndoStep {
  const {begun: _, ...made} = worktree
  const isIt = (part: UndoPart) =>
    part.do === 'worktree' && part.path === made.path && part.head === made.head && part.rescue === made.rescue
  const now = {...made, ...(isBegun && {begun: true as const})}
  return {...step, parts: step.parts.map(part => (isIt(part) ? now : part))}
}
