import * as z from 'zod'
import {messageOf} from '../../base/errors.ts'
import {type UndoStep, undoStep} from '../../model/data/recovery/undo.ts'
import {type Context, presentCommits} from '../context.ts'

/** Local refs of what a person chose and did last; never pushed. */
const CHOICES_REF = 'refs/clambake/choices'
const UNDO_REF = 'refs/clambake/undo'
/** Choices that are kept, newest last. */
const MOST_CHOICES = 5000

const choices = z.object({version: z.literal(1), left: z.array(z.string())})

export type LocalRecords = {
  /** What a person chose to leave as it is. */
  left(): Promise<ReadonlySet<string>>
  leave(key: string): Promise<void>
  forget(key: string): Promise<void>
  /** A person's last step that took something away; null: none, or it was undone. */
  lastStep(): Promise<UndoStep | null>
  /** Notes a step before it is done; git keeps all commits that it names. */
  noteStep(step: UndoStep): Promise<void>
  forgetStep(): Promise<void>
}

/** Keeps records of this clone in refs, each a commit with JSON in its message. */
export function createLocalRecords(context: Context): LocalRecords {
  const {runner, log} = context

  async function read<T>(ref: string, schema: z.ZodType<T>): Promise<T | null> {
    const text = await runner.git(['log', '-1', '--format=%B', ref, '--'], {accept: [0, 128]})
    if (text.exitCode !== 0) return null
    try {
      return schema.parse(JSON.parse(text.stdout.slice(text.stdout.indexOf('\n\n'))))
    } catch (error) {
      // An agent can write refs; a record that is none is as if there were none.
      log.warn('a record of this clone is not readable', {ref, error: messageOf(error)})
      return null
    }
  }

  async function write(ref: string, subject: string, record: object, parents: readonly string[]): Promise<void> {
    const tree = await runner.text(['hash-object', '-t', 'tree', '-w', '--stdin'], {input: ''})
    const oid = await runner.text(
      ['commit-tree', '--no-gpg-sign', '-F', '-', ...parents.flatMap(parent => ['-p', parent]), tree],
      {input: `${subject.replace(/\s+/g, ' ')}\n\n${JSON.stringify(record, null, 2)}\n`},
    )
    await runner.git(['update-ref', ref, oid])
  }

  async function change(make: (left: readonly string[]) => readonly string[]): Promise<void> {
    const before = (await read(CHOICES_REF, choices))?.left ?? []
    const left = make(before).slice(-MOST_CHOICES)
    await write(CHOICES_REF, 'what a person chose to leave', {version: 1, left}, [])
  }

  return {
    left: async () => new Set((await read(CHOICES_REF, choices))?.left ?? []),
    leave: key => change(left => [...left.filter(other => other !== key), key]),
    forget: key => change(left => left.filter(other => other !== key)),
    lastStep: () => read(UNDO_REF, undoStep),
    async noteStep(step) {
      const named = step.parts.flatMap(part => [
        ...('oid' in part ? [part.oid] : []),
        ...('head' in part ? [part.head] : []),
        ...('rescue' in part && part.rescue !== null ? [part.rescue] : []),
      ])
      await write(UNDO_REF, `undo: ${step.what}`, step, [...new Set(await presentCommits(context, new Set(named)))])
    },
    async forgetStep() {
      await runner.git(['update-ref', '-d', UNDO_REF])
    },
  }
}
