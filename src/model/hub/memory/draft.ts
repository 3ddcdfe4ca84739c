import {hasSecret} from '../../../base/redact.ts'
import {safeLine, safeText} from '../../../base/text.ts'
import type {Refusal} from '../draft.ts'
import {bytesOf} from '../mail.ts'
import {isGlobalType, type Memory, type MemoryDraft} from './memory.ts'
import {showsCredential} from './secrets.ts'

/** Most bytes of a memory's text and title: what is longer is refused, so that nothing is ever cut. */
export const MAX_TEXT_BYTES = 8192
export const MAX_TITLE_BYTES = 200
/** Most tags and files, and most bytes of each. */
const MAX_TAGS = 20
const MAX_TAG_BYTES = 64
const MAX_FILES = 50
const MAX_FILE_BYTES = 512
/** Longest title that is made of a text. */
const TITLE_CHARACTERS = 80

/** Why a memory is not stored, and what to do instead; null: it may be stored. */
export function memoryRefusal(draft: MemoryDraft): Refusal | null {
  const {project, type, title, text, tags, files} = draft
  if (text.trim() === '') return {why: 'it says nothing', next: 'give the text in quotes'}
  if (title.trim() === '')
    return {why: 'it has no title', next: 'leave --title out: the first line of the text is taken'}
  if (isGlobalType(type) !== (project === null)) {
    return project === null
      ? {why: `${type} is a type of one project's memory`, next: 'leave --global out, or choose a type of all projects'}
      : {why: `${type} is a type of all projects' memory`, next: 'add --global, or choose a type of one project'}
  }
  const size = sizeRefusal(draft)
  if (size !== null) return size
  if ([title, text, ...tags, ...files].some(hasSecret)) {
    return {why: 'it holds what looks like a secret', next: 'write where the secret is kept instead'}
  }
  if (type === 'credential' && [title, text, ...tags].some(showsCredential)) {
    return {
      why: 'a credential says where one is kept, and this looks like the credential itself',
      next: 'name the variable, file or vault that holds it',
    }
  }
  return null
}

function sizeRefusal({title, text, tags, files}: MemoryDraft): Refusal | null {
  const bytes = bytesOf(text)
  if (bytes > MAX_TEXT_BYTES) {
    return {
      why: `it has ${bytes} bytes, and a memory has at most ${MAX_TEXT_BYTES}; nothing is ever cut`,
      next: 'store its parts one by one, or put the rest into a file that the text names',
    }
  }
  if (bytesOf(title) > MAX_TITLE_BYTES || /[\n\r]/.test(title)) {
    return {why: `a title is one line of at most ${MAX_TITLE_BYTES} bytes`, next: 'give a shorter --title'}
  }
  const listed = [
    {what: 'tags', values: tags, most: MAX_TAGS, bytes: MAX_TAG_BYTES},
    {what: 'files', values: files, most: MAX_FILES, bytes: MAX_FILE_BYTES},
  ]
  for (const {what, values, most, bytes: each} of listed) {
    if (values.length > most) return {why: `it has ${values.length} ${what}`, next: `give at most ${most}`}
    const bad = values.find(value => value.trim() === '' || bytesOf(value) > each || /[\n\r]/.test(value))
    if (bad !== undefined)
      return {why: `one of its ${what} is empty or too long`, next: `give at most ${each} bytes each`}
  }
  return null
}

/** The title of a memory that was given none: its first line, cut at a word; the text stays whole. */
export function titleOf(text: string): string {
  const line =
    text
      .trim()
      .split(/[\n\r]/, 1)[0]
      ?.trim() ?? ''
  const characters = [...line]
  if (characters.length <= TITLE_CHARACTERS) return line
  const start = characters.slice(0, TITLE_CHARACTERS - 1).join('')
  const word = start.replace(/\s+\S*$/, '')
  return `${word.length > start.length / 2 ? word : start}…`
}

/** A draft without control characters and spaces around its parts; each tag and file once, tags in small letters. */
export function tidyDraft<T extends Pick<Memory, 'title' | 'text' | 'tags' | 'files'>>(draft: T): T {
  return {
    ...draft,
    title: safeLine(draft.title.toWellFormed()),
    text: safeText(draft.text.toWellFormed()).trim(),
    tags: tidyTags(draft.tags),
    files: tidyFiles(draft.files),
  }
}

export function tidyTags(tags: readonly string[]): string[] {
  return [...new Set(tags.map(tag => safeLine(tag.toWellFormed()).toLowerCase()))]
}

export function tidyFiles(files: readonly string[]): string[] {
  return [...new Set(files.map(file => trimmedPath(safeLine(file.toWellFormed()))))]
}

function trimmedPath(path: string): string {
  const inside = path.replace(/^(\.\/+)+/, '')
  return inside.length > 1 ? inside.replace(/\/+$/, '') : inside
}
