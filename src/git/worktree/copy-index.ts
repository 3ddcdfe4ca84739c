import {copyFile, stat, utimes} from 'node:fs/promises'

/**
 * Copies an index to another place. The copy keeps the index's time: git compares the content of a file that changed in
 * the second in which the index was written, and a newer time would hide such a change where the size is the same.
 */
export async function copyIndex(from: string, to: string): Promise<void> {
  await copyFile(from, to)
  const seconds = Math.floor((await stat(from)).mtimeMs / 1000)
  await utimes(to, seconds, seconds)
}
