import {join} from 'node:path'

/**
 * A path in a worktree as git and the file system keep it: bytes, each as one character. A name need not be text, and one
 * that was read as text and is none names no file any more.
 */
export type RawPath = string

/** Reads the paths of a list that git ends with a NUL each. */
export function rawPaths(output: Uint8Array): RawPath[] {
  return Buffer.from(output).toString('latin1').split('\0').filter(Boolean)
}

/** A path that people wrote, as git gives it. */
export function rawPathOf(path: string): RawPath {
  return Buffer.from(path).toString('latin1')
}

/** The bytes of a path, or of lines with paths. */
export function bytesOf(raw: string): Buffer {
  return Buffer.from(raw, 'latin1')
}

/** A path as people read it. */
export function shownPath(raw: RawPath): string {
  return bytesOf(raw).toString()
}

/** The name of a file below a folder, as calls of the file system take it. */
export function fileAt(folder: string, raw: RawPath): Buffer {
  return Buffer.concat([Buffer.from(join(folder, '/')), bytesOf(raw)])
}
