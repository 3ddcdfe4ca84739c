import {readFileSync, renameSync, writeFileSync} from 'node:fs'
import {mkdir, rename, writeFile} from 'node:fs/promises'
import {dirname} from 'node:path'
import {isSystemError} from './errors.ts'

/** Reads a file's text; null: there is no file. */
export function textOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null
    throw error
  }
}

/** Writes a file that only this user can read, in one step: no reader finds half of it. */
export function writePrivateFile(file: string, text: string): void {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, text, {mode: 0o600})
  renameSync(draft, file)
}

/** Writes a person's file, and its folder if need be, in one step. Throws `EEXIST` if the draft's name is taken. */
export async function replaceFile(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), {recursive: true})
  const draft = `${file}.${process.pid}`
  await writeFile(draft, text, {flag: 'wx'})
  await rename(draft, file)
}
