import type {ErrorCode} from '../../base/error-codes.ts'
import {ClambakeError, hasCode, messageOf} from '../../base/errors.ts'
import {editSetting} from '../../config/edit.ts'
import {CONFIG_FILE} from '../../config/load.ts'
import type {Checkout} from '../../git/checkout.ts'
import {sameName} from '../../model/data/names.ts'
import type {SetupGateway} from '../../model/init/gateway.ts'
import {editOf} from '../../model/init/lines.ts'
import {isEmptyManifest, MANIFEST_FILE, type Manifest} from '../../model/init/manifest.ts'
import {type Found, isCannot, type RequiredChecks, type Step, type Subject, type Work} from '../../model/init/step.ts'
import {deleteText, sha256, textAt, writeText} from './files.ts'
import type {Survey} from './survey.ts'

/** What became of a step. `waits`: it needs a yes, and no person could be asked. */
type Outcome = 'done' | 'kept' | 'declined' | 'waits' | 'failed' | 'planned'

export type Done = Omit<Step, 'work'> & {outcome: Outcome}

/** A person's answer to a step; `unasked`: no person could be asked. */
export type Answer = 'yes' | 'no' | 'unasked'

/**
 * Does the steps in order. The manifest records what is written before it is, and what is taken back after that, so that a
 * run that was killed at any point can be repeated or undone. A step that fails does not stop the others.
 */
export async function applySteps(
  steps: readonly Step[],
  options: {
    survey: Survey
    /** The manifest before the first step. */
    manifest: Manifest
    columns: readonly string[]
    answers: ReadonlyMap<Step, Answer>
    /** Called after each step. */
    onDone: (done: Done) => void
    /** Called between a note and what it is about, so that a test can kill the run there. */
    checkpoint?: (path: string) => void
  },
): Promise<Done[]> {
  const {survey, columns, answers, onDone, checkpoint = () => {}} = options
  const notes = await openNotes(survey.root, options.manifest)
  const applying: Applying = {...survey, columns, notes, checkpoint, boardId: boardIdOf(survey.found)}
  const all: Done[] = []
  /** Subjects that GitHub refused: what the token may not do to one label it may not do to the next. */
  const refused = new Map<Subject, Refusal>()
  for (const step of steps) {
    const {work: _, ...rest} = step
    const answer = step.action === 'ask' ? (answers.get(step) ?? 'unasked') : 'yes'
    const done = (outcome: Outcome, more: Partial<Done> = {}): Done => ({...rest, ...more, outcome})
    if (step.action === 'cannot') all.push(done('failed'))
    else if (step.work === null) all.push(done('kept'))
    else if (answer !== 'yes') all.push(done(answer === 'no' ? 'declined' : 'waits'))
    else if (refused.has(step.subject)) {
      all.push(done('failed', refused.get(step.subject)))
      continue
    } else all.push(await attemptStep(step.work, applying, done, refusal => refused.set(step.subject, refusal)))
    onDone(all.at(-1)!)
  }
  await notes.change(() => ({}))
  return all
}

type Refusal = Pick<Done, 'reason' | 'next'>

/** Errors that the next request of the same kind would also get. */
const HOLDING: readonly ErrorCode[] = [
  'github-forbidden',
  'github-bad-token',
  'github-unreachable',
  'github-rate-limited',
]

type Notes = {
  readonly manifest: Manifest
  change(change: (manifest: Manifest) => Partial<Manifest>): Promise<void>
}

type Applying = Pick<Survey, 'root' | 'checkout' | 'reached' | 'found'> & {
  columns: readonly string[]
  notes: Notes
  checkpoint: (path: string) => void
  boardId: string | null
}

async function attemptStep(
  work: Work,
  applying: Applying,
  done: (outcome: Outcome, more?: Partial<Done>) => Done,
  refused: (refusal: Refusal) => void,
): Promise<Done> {
  try {
    return done((await perform(work, applying)) ? 'done' : 'kept')
  } catch (error) {
    const next = error instanceof ClambakeError ? (error.next ?? null) : null
    // A person must solve what GitHub refuses, and also a folder without write access.
    if (!(error instanceof ClambakeError) && !(error instanceof Error && 'code' in error)) throw error
    const refusal = {reason: messageOf(error), next}
    if (hasCode(error, ...HOLDING)) refused(refusal)
    return done('failed', refusal)
  }
}

/** Does a step's work; false: there was nothing to do. */
async function perform(work: Work, applying: Applying): Promise<boolean> {
  const {root, notes, checkout} = applying
  switch (work.kind) {
    case 'write':
      await noteFirst(
        applying,
        work.path,
        () => noteFile(notes, work.path, {text: work.text, restores: work.restores}),
        () => writeText(root, work.path, {text: work.text, expected: textFound(applying.found, work.path)}),
      )
      return true
    case 'edit':
      await editFile(applying, work)
      return true
    case 'note-board':
      return noteBoard(applying)
    case 'delete-file':
      await deleteText(root, work.path, {expected: textFound(applying.found, work.path) ?? ''})
      await forgetFile(notes, work.path)
      return true
    case 'restore-file': {
      const text = await objectText(checkout, work)
      await writeText(root, work.path, {text, expected: textFound(applying.found, work.path)})
      await forgetFile(notes, work.path)
      return true
    }
    default:
      await onGithub(work, applying)
      return true
  }
}

async function onGithub(
  work: Exclude<Work, {kind: 'write' | 'edit' | 'note-board' | 'delete-file' | 'restore-file'}>,
  applying: Applying,
): Promise<void> {
  const {notes, columns} = applying
  const setup = setupOf(applying)
  switch (work.kind) {
    case 'ensure-label': {
      const {label} = work
      await setup.ensureLabel(label)
      const labels = notes.manifest.labels.filter(({name}) => !sameName(name, label.name))
      // A label that people created is theirs, even in the colours of ours.
      if (isNewLabel(applying, label.name)) await notes.change(() => ({labels: [...labels, label]}))
      return
    }
    case 'create-board': {
      const {id, title} = await setup.ensureBoard({title: work.title, columns})
      applying.boardId = id
      return notes.change(() => ({board: {id, title}}))
    }
    case 'complete-board':
      return setup.completeBoard(work.id, {columns: work.columns, link: work.link})
    case 'protect': {
      const state = await setup.ensureProtection(work.branch, await checksOf(work.requires, applying.root))
      return notes.change(() => ({protection: state === null ? null : {branch: work.branch, state}}))
    }
    case 'delete-label':
      await setup.ensureNoLabel(work.name)
      return notes.change(({labels}) => ({labels: labels.filter(({name}) => name !== work.name)}))
    case 'delete-board':
      await setup.ensureNoBoard(work.id)
      return notes.change(() => ({board: null}))
    case 'unprotect':
      await setup.ensureNoProtection(work.branch)
      return notes.change(() => ({protection: null}))
  }
}

/** The checks to demand: those of a workflow that is there as it was written. */
async function checksOf(requires: RequiredChecks | null, root: string): Promise<readonly string[]> {
  if (requires === null || (await textAt(root, requires.path)) !== requires.text) return []
  return requires.checks
}

function isNewLabel({found, notes}: Applying, name: string): boolean {
  const {labels} = found
  const wasThere = !isCannot(labels) && labels.some(label => sameName(label.name, name))
  return !wasThere || notes.manifest.labels.some(label => sameName(label.name, name))
}

/** Edits a file. The manifest records a file of ours as a whole, and only the lines of ours in any other file. */
async function editFile(applying: Applying, {path, before, after}: {path: string; before: string; after: string}) {
  const {root, notes} = applying
  const write = () => writeText(root, path, {text: after, expected: before})
  const wrote = notes.manifest.files[path]
  if (wrote?.sha256 === sha256(before)) {
    // Until it is written, the file is still known by what was written before.
    await write()
    return noteFile(notes, path, {text: after, restores: wrote.restores})
  }
  const edit = editOf(path, before, after)
  const isSame = (one: typeof edit) => one.path === path && sameLines(one.to, edit.to) && sameLines(one.from, edit.from)
  const undone = (one: typeof edit) => one.path === path && sameLines(one.to, edit.from) && sameLines(one.from, edit.to)
  if (notes.manifest.edits.some(undone)) {
    await write()
    return notes.change(({edits}) => ({edits: edits.filter(one => !undone(one))}))
  }
  return noteFirst(
    applying,
    path,
    // A run that was killed before it wrote has noted it.
    () => notes.change(({edits}) => ({edits: [...edits.filter(one => !isSame(one)), edit]})),
    write,
  )
}

/** Notes what is about to be written, and takes the note back where that fails. */
async function noteFirst(
  {notes, checkpoint}: Applying,
  path: string,
  note: () => Promise<void>,
  write: () => Promise<void>,
): Promise<void> {
  const {files, edits} = notes.manifest
  await note()
  checkpoint(path)
  try {
    await write()
  } catch (error) {
    await notes.change(() => ({files, edits}))
    throw error
  }
}

async function noteBoard(applying: Applying): Promise<boolean> {
  const {root, boardId} = applying
  const before = await textAt(root, CONFIG_FILE)
  // The board was not created; the step that should have created it reports why.
  if (boardId === null || before === null) return false
  const after = editSetting(before, {path: ['github', 'project_id'], value: boardId})
  if (after === null) {
    throw new ClambakeError({
      code: 'unusual-config',
      message: `${CONFIG_FILE} has [github] written in an unusual way`,
      kept: 'the file as it is',
      next: `write project_id = "${boardId}" into [github] yourself`,
    })
  }
  if (after !== before) await editFile(applying, {path: CONFIG_FILE, before, after})
  return true
}

async function objectText(checkout: Checkout, {path, object}: {path: string; object: string}): Promise<string> {
  const text = await checkout.textOf(object)
  if (text !== null) return text
  throw new ClambakeError({
    code: 'no-such-object',
    message: `The earlier text of ${path} is not in this clone`,
    kept: 'the file as it is',
    next: 'git fetch, then run the command again',
  })
}

function setupOf({reached}: Applying): SetupGateway {
  if (!isCannot(reached)) return reached.setup
  throw new ClambakeError({code: 'github-not-reached', message: reached.cannot, next: reached.next})
}

function boardIdOf({board}: Found): string | null {
  return isCannot(board) ? null : (board?.id ?? null)
}

function textFound({files}: Found, path: string): string | null {
  const there = files[path] ?? null
  return there?.kind === 'text' ? there.text : null
}

function sameLines(one: readonly string[], other: readonly string[]): boolean {
  return one.join('') === other.join('')
}

function noteFile(notes: Notes, path: string, {text, restores}: {text: string; restores: string | null}) {
  return notes.change(({files}) => ({files: {...files, [path]: {sha256: sha256(text), restores}}}))
}

function forgetFile(notes: Notes, path: string) {
  return notes.change(({files: {[path]: _, ...files}}) => ({files}))
}

async function openNotes(root: string, first: Manifest): Promise<Notes> {
  let manifest = first
  let written = await textAt(root, MANIFEST_FILE)
  async function save(): Promise<void> {
    const text = isEmptyManifest(manifest) ? null : `${JSON.stringify(manifest, null, 2)}\n`
    if (text === written) return
    if (text !== null) await writeText(root, MANIFEST_FILE, {text, expected: written})
    else if (written !== null) await deleteText(root, MANIFEST_FILE, {expected: written})
    written = text
  }
  return {
    get manifest() {
      return manifest
    },
    async change(change) {
      manifest = {...manifest, ...change(manifest)}
      await save()
    },
  }
}
