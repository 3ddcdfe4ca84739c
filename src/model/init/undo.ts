import {count} from '../../base/words.ts'
import {hasName, sameName} from '../data/names.ts'
import {withoutEdit} from './lines.ts'
import {sameLook} from './plan.ts'
import {cannot, type Found, isCannot, type Step, step} from './step.ts'

/**
 * What takes back what `init` did, in order: only what its manifest names and what is still as it was written. `used`
 * has the labels that an issue has, open or closed. Pure.
 */
export function planUndo(found: Found, used: readonly string[]): Step[] {
  return [
    ...undoProtection(found),
    ...undoEdits(found),
    ...undoFiles(found),
    ...undoBoard(found),
    ...undoLabels(found, used),
  ]
}

function undoProtection({manifest, protection}: Found): Step[] {
  if (manifest.protection === null) return []
  const {branch, state} = manifest.protection
  if (isCannot(protection)) return [cannot('protection', branch, protection)]
  if (protection === null) return [step('protection', branch, 'keep', {reason: 'is gone already'})]
  if (protection !== state) return [step('protection', branch, 'keep', {reason: 'was changed since'})]
  return [step('protection', branch, 'remove', {work: {kind: 'unprotect', branch}})]
}

/** The newest first, each on what the one before leaves. */
function undoEdits({manifest, files}: Found): Step[] {
  const texts = new Map<string, string>()
  return manifest.edits.toReversed().map(edit => {
    const {path} = edit
    const there = files[path] ?? null
    const before = texts.get(path) ?? (there?.kind === 'text' ? there.text : null)
    const after = before === null ? null : withoutEdit(before, edit)
    if (before === null || after === null)
      return step('file', path, 'keep', {reason: 'Clambake’s lines were changed since'})
    texts.set(path, after)
    return step('file', path, 'change', {
      reason: 'Clambake’s lines are removed',
      work: {kind: 'edit', path, before, after},
    })
  })
}

function undoFiles({manifest, files}: Found): Step[] {
  return Object.entries(manifest.files).map(([path, {sha256, restores}]) => {
    const there = files[path] ?? null
    if (there === null) return step('file', path, 'keep', {reason: 'is gone already'})
    if (there.kind === 'link' || there.sha256 !== sha256) {
      return step('file', path, 'keep', {reason: 'was changed since'})
    }
    if (restores === null) return step('file', path, 'remove', {work: {kind: 'delete-file', path}})
    const work = {kind: 'restore-file', path, object: restores} as const
    return step('file', path, 'change', {reason: 'becomes what it was before', work})
  })
}

function undoBoard({manifest, board}: Found): Step[] {
  if (manifest.board === null) return []
  const {id, title} = manifest.board
  if (isCannot(board)) return [cannot('board', title, board)]
  if (board?.id !== id) return [step('board', title, 'keep', {reason: 'is gone already'})]
  if (board.items > 0) return [step('board', title, 'keep', {reason: `${board.items} are on it`})]
  return [step('board', title, 'remove', {work: {kind: 'delete-board', id}})]
}

function undoLabels({manifest, labels}: Found, used: readonly string[]): Step[] {
  const wrote = manifest.labels
  if (wrote.length === 0) return []
  if (isCannot(labels)) return [cannot('label', count(wrote.length, 'label'), labels)]
  return wrote.map(label => {
    const {name} = label
    const there = labels.find(other => sameName(other.name, name))
    if (!there) return step('label', name, 'keep', {reason: 'is gone already'})
    if (!sameLook(there, label)) return step('label', name, 'keep', {reason: 'was changed since'})
    if (hasName(used, name)) return step('label', name, 'keep', {reason: 'issues have it'})
    return step('label', name, 'remove', {work: {kind: 'delete-label', name}})
  })
}
