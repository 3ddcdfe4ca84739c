import type {Label} from '../data/labels.ts'
import {sameName} from '../data/names.ts'
import {linesOf} from './lines.ts'
import {cannot, type Found, type FoundFile, isCannot, type Step, step} from './step.ts'

export type WantedFile = {
  path: string
  text: string
  /** What it is for, in a few words. */
  about: string
  /** Of a workflow: the checks that it makes, by the names that GitHub gives them. */
  checks?: readonly string[]
}
export type WantedSetting = {path: readonly [table: string, key: string]; value: string | number | null}

/** A setting written into the text of a configuration; null: it is written in a way that cannot be edited. */
type EditSetting = (toml: string, setting: WantedSetting) => string | null

export type Wanted = {
  labels: readonly Label[]
  board: {title: string; columns: readonly string[]}
  /** The board that the configuration names; null: none. */
  projectId: string | null
  files: readonly WantedFile[]
  config: WantedFile
  /** What a configuration that is there already is to say from now on. */
  settings: readonly WantedSetting[]
  ignored: {path: string; lines: readonly string[]}
  /** Put our files in the place of a person's. */
  force: boolean
  /** Leave every file that is there as it is, unasked. */
  existing: boolean
  edit: EditSetting
}

/**
 * What is to be done so that the repository has all that is wanted, in order. Doing all of it and planning again gives
 * nothing but `keep`; what people wrote is changed by `ask` alone. Pure.
 */
export function planInit(found: Found, wanted: Wanted): Step[] {
  return [
    ...planLabels(found, wanted),
    ...planBoard(found, wanted),
    ...planConfig(found, wanted),
    ...noteBoard(found, wanted),
    ...wanted.files.map(file => planFile(file, found, wanted)),
    ...planIgnored(found, wanted),
    // Last: what comes before it may still be pushed to the branch.
    planProtection(found, wanted),
  ]
}

function planLabels({labels, manifest}: Found, {labels: wanted}: Wanted): Step[] {
  if (isCannot(labels)) return [cannot('label', `${wanted.length} labels`, labels)]
  return wanted.map(label => {
    const there = labels.find(({name}) => sameName(name, label.name))
    const work = {kind: 'ensure-label', label} as const
    if (!there) return step('label', label.name, 'create', {reason: label.description, work})
    if (sameLook(there, label)) return step('label', label.name, 'keep')
    const wrote = manifest.labels.find(({name}) => sameName(name, label.name))
    if (wrote && sameLook(wrote, there)) {
      return step('label', label.name, 'change', {reason: 'gets its colour and description', work})
    }
    return step('label', label.name, 'keep', {reason: 'keeps its own colour and description'})
  })
}

export function sameLook(one: Label, other: Label): boolean {
  return one.color.toLowerCase() === other.color.toLowerCase() && one.description === other.description
}

function planBoard({board, manifest}: Found, wanted: Wanted): Step[] {
  const {title, columns} = wanted.board
  if (isCannot(board)) return [cannot('board', title, board)]
  if (board === null) {
    const reason = `columns ${columns.join(', ')}`
    return [step('board', title, 'create', {reason, work: {kind: 'create-board', title}})]
  }
  const missing = columns.filter(column => !board.columns.includes(column))
  if (missing.length === 0 && board.linked) return [step('board', board.title, 'keep')]
  if (missing.length > 0 && board.items > 0) {
    // GitHub replaces all columns at once with new ones: the items in the old columns would lose their place.
    const reason = `has no column ${missing.join(', ')}, and ${board.items} on it would lose their place`
    return [cannot('board', board.title, {cannot: reason, next: `add them to Status on ${board.url}`})]
  }
  const work = {kind: 'complete-board', id: board.id, columns: missing, link: !board.linked} as const
  const reason = missing.length > 0 ? `gets ${missing.join(', ')}` : 'is linked to the repository'
  return [step('board', board.title, manifest.board?.id === board.id ? 'change' : 'ask', {reason, work})]
}

function noteBoard(found: Found, {config, projectId}: Wanted): Step[] {
  const {board} = found
  if (isCannot(board)) return []
  const where = `github.project_id in ${config.path}`
  if (board !== null && projectId === board.id) return [step('setting', where, 'keep')]
  const action = isOurs(found, config.path) ? 'change' : 'ask'
  return [step('setting', where, action, {reason: 'the board that shows the tickets', work: {kind: 'note-board'}})]
}

/** Nothing is there yet, or just what was written. */
function isOurs({files, manifest}: Found, path: string): boolean {
  const there = files[path] ?? null
  return there === null || (there.kind === 'text' && manifest.files[path]?.sha256 === there.sha256)
}

/** Plans the configuration. An existing one is never overwritten: it holds what people decided. */
function planConfig(found: Found, wanted: Wanted): Step[] {
  const {config, settings, edit} = wanted
  const there = found.files[config.path] ?? null
  if (there === null) return [writing(config, 'create')]
  if (there.kind === 'link') return [behindLink(config.path)]
  const keep = step('file', config.path, 'keep', {reason: 'its settings stay'})
  const steps: Step[] = []
  let {text} = there
  for (const setting of settings) {
    const name = setting.path.join('.')
    const value = setting.value === null ? 'commented out' : JSON.stringify(setting.value)
    const after = edit(text, setting)
    if (after === null) {
      const next = `write ${name} = ${JSON.stringify(setting.value ?? '')} yourself`
      steps.push(cannot('setting', `${name} in ${config.path}`, {cannot: 'it is written in an unusual way', next}))
    } else if (after !== text) {
      const work = {kind: 'edit', path: config.path, before: text, after} as const
      steps.push(step('setting', `${name} in ${config.path}`, 'change', {reason: `becomes ${value}`, work}))
      text = after
    }
  }
  return [keep, ...steps]
}

function planFile(file: WantedFile, {files, manifest}: Found, {force, existing}: Wanted): Step {
  const {path, text} = file
  const there: FoundFile | null = files[path] ?? null
  if (there === null) return writing(file, 'create')
  if (there.kind === 'link') return behindLink(path)
  if (there.text === text) return step('file', path, 'keep')
  const wrote = manifest.files[path]
  if (wrote?.sha256 === there.sha256) return writing(file, 'change', wrote.restores)
  const reason = wrote ? 'was changed since' : 'was here before'
  if (existing) return step('file', path, 'keep', {reason})
  if (there.committed === null) {
    const lost = `${reason}, and its present text is not committed`
    if (!force) return step('file', path, 'keep', {reason: lost})
    return cannot('file', path, {cannot: lost, next: `git add ${path} && git commit, then run this command again`})
  }
  if (force) return writing(file, 'change', there.committed)
  return {
    ...writing(file, 'ask', there.committed),
    reason: `${reason}; Clambake’s is for ${file.about}`,
    replaces: true,
  }
}

function writing({path, text, about}: WantedFile, action: Step['action'], restores: string | null = null): Step {
  return step('file', path, action, {reason: about, work: {kind: 'write', path, text, restores}})
}

function behindLink(path: string): Step {
  return cannot('file', path, {cannot: 'is, or is behind, a symbolic link', next: 'put a real folder or file there'})
}

const IGNORE_TITLE = '# Clambake: what agents and the daemon keep beside the code'

function planIgnored({files}: Found, {ignored}: Wanted): Step[] {
  const {path, lines} = ignored
  if (lines.length === 0) return []
  const there = files[path] ?? null
  const block = (missing: readonly string[]) => [IGNORE_TITLE, ...missing].map(line => `${line}\n`).join('')
  if (there === null) return [writing({path, text: block(lines), about: 'worktrees of agents'}, 'create')]
  if (there.kind === 'link') return [behindLink(path)]
  const written = linesOf(there.text).map(line => line.trim())
  const missing = lines.filter(line => !written.includes(line))
  if (missing.length === 0) return [step('file', path, 'keep')]
  const before = there.text
  const gap = before === '' ? '' : before.endsWith('\n') ? '\n' : '\n\n'
  const work = {kind: 'edit', path, before, after: `${before}${gap}${block(missing)}`} as const
  return [step('file', path, 'ask', {reason: `gets ${missing.join(', ')}`, work})]
}

/** Plans the protection; it demands the checks of the workflow that is written, and none of a person's own. */
function planProtection(found: Found, wanted: Wanted): Step {
  const {protection, branch} = found
  if (isCannot(protection)) return cannot('protection', branch, protection)
  if (protection !== null) return step('protection', branch, 'keep', {reason: 'is protected'})
  const workflow = wanted.files.find(({checks}) => checks !== undefined)
  const requires = workflow && {path: workflow.path, text: workflow.text, checks: workflow.checks ?? []}
  const comes = requires && planFile(workflow, found, wanted)
  const isOurOwn =
    comes?.action === 'create' || comes?.action === 'change' || (comes?.action === 'keep' && !comes.reason)
  const passed = isOurOwn && requires ? ` that passed ${requires.checks.join(' and ')}` : ''
  const reason = `changes only come by pull requests${passed}; no one can delete or rewrite it`
  return step('protection', branch, 'ask', {reason, work: {kind: 'protect', branch, requires: requires ?? null}})
}
