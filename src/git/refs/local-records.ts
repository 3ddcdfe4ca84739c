import {existsSync, renameSync, rmSync} from 'node:fs'
import * as z from 'zod'
import {ClambakeError, messageOf} from '../../base/errors.ts'
import {textOrNull, writePrivateFile} from '../../base/files.ts'
import {type UndoStep, undoStep, type WorktreePart, withBegun} from '../../model/data/recovery/undo.ts'
import {type Context, presentCommits, resolveCommit} from '../context.ts'
import {UNDO_REF} from './pins.ts'

/** Choices that are kept, newest last. */
const MOST_CHOICES = 5000

const choices = z.object({version: z.literal(1), left: z.array(z.string())})

export type LocalRecords = {
  /** What a person chose to leave as it is. */
  left(): Promise<ReadonlySet<string>>
  leave(key: string): Promise<void>
  forget(key: string): Promise<void>
  /**
   * A person's last step that took something away; null: none, or it was undone. Throws `newer-record` where it cannot be
   * read, as after an older version was installed.
   */
  lastStep(): Promise<UndoStep | null>
  /** Notes a step before it is done; git keeps all commits that it names. */
  noteStep(step: UndoStep): Promise<void>
  /** Notes in the last step that a worktree of it is being brought back. */
  noteBegun(worktree: WorktreePart): Promise<void>
  /** Notes in the last step that a worktree of it is back. */
  noteBack(worktree: WorktreePart): Promise<void>
  forgetStep(): Promise<void>
}

/**
 * Keeps what a person chose and did last in this clone. What counts is in `files`, as an agent can write refs: by a step
 * that it made up it would have a person push what it likes, or claim an issue that is not for agents.
 */
export function createLocalRecords(context: Context, files: {choices: string; lastStep: string}): LocalRecords {
  const {runner, log} = context

  /** null: there is none, or it cannot be read. */
  function read<T>(file: string, schema: z.ZodType<T>): T | null {
    const text = textOrNull(file)
    if (text === null) return null
    try {
      return schema.parse(JSON.parse(text))
    } catch (error) {
      log.warn('a record of this clone is not readable', {file, error: messageOf(error)})
      return null
    }
  }

  const isUnreadable = (file: string, schema: z.ZodType) => existsSync(file) && read(file, schema) === null

  /** Writes a record. One in its place that cannot be read, as of a newer version, is kept beside it. */
  function replace(file: string, schema: z.ZodType, record: object): void {
    if (isUnreadable(file, schema)) renameSync(file, `${file}.unreadable`)
    write(file, record)
  }

  const chosen = () => read(files.choices, choices)?.left ?? []
  const choose = (left: readonly string[]) =>
    replace(files.choices, choices, {version: 1, left: left.slice(-MOST_CHOICES)})

  /** Keeps commits from git's gc until the next step. */
  async function keep(commits: readonly string[], subject: string): Promise<void> {
    const tree = await runner.text(['hash-object', '-t', 'tree', '-w', '--stdin'], {input: ''})
    const parents = commits.flatMap(commit => ['-p', commit])
    const message = `${subject.replace(/\s+/g, ' ')}\n`
    const oid = await runner.text(['commit-tree', '--no-gpg-sign', '-F', '-', ...parents, tree], {input: message})
    await runner.git(['update-ref', UNDO_REF, oid])
  }

  function note(worktree: WorktreePart, {isBegun}: {isBegun: boolean}): void {
    const step = read(files.lastStep, undoStep)
    if (step) write(files.lastStep, withBegun(step, worktree, {isBegun}))
  }

  return {
    left: async () => new Set(chosen()),
    leave: async key => choose([...chosen().filter(other => other !== key), key]),
    forget: async key => choose(chosen().filter(other => other !== key)),
    async lastStep() {
      if (isUnreadable(files.lastStep, undoStep)) throw unreadableStep(files.lastStep)
      return read(files.lastStep, undoStep)
    },
    async noteStep(step) {
      const named = step.parts.flatMap(part => [
        ...('oid' in part ? [part.oid] : []),
        ...('head' in part ? [part.head] : []),
        ...('rescue' in part && part.rescue !== null ? [part.rescue] : []),
      ])
      // What a step names that this version cannot read may be in no other ref.
      const before = isUnreadable(files.lastStep, undoStep) ? await resolveCommit(context, UNDO_REF) : null
      const commits = [...(await presentCommits(context, new Set(named))), ...(before === null ? [] : [before])]
      await keep([...new Set(commits)], `undo: ${step.what}`)
      replace(files.lastStep, undoStep, step)
    },
    noteBegun: async worktree => note(worktree, {isBegun: true}),
    noteBack: async worktree => note(worktree, {isBegun: false}),
    async forgetStep() {
      rmSync(files.lastStep, {force: true})
      await runner.git(['update-ref', '-d', UNDO_REF])
    },
  }
}

function unreadableStep(file: string): ClambakeError {
  return new ClambakeError({
    code: 'newer-record',
    message: `what was done last in this clone cannot be read: ${file}`,
    kept: 'that file, and the commits that it names',
    next: 'update clambake here, as a newer one may have written it; after another step the file is kept as .unreadable',
  })
}

function write(file: string, record: object): void {
  writePrivateFile(file, `${JSON.stringify(record, null, 2)}\n`)
}
