import {createHash} from 'node:crypto'
import type {GitRunner} from './command/run-git.ts'

/** An object as git keeps it; `type`: commit, tree, blob or tag. */
export type GitObject = {type: string; content: Buffer}

/**
 * Objects by their ids, from one process. One that is not in this clone is left out, and so is one whose content does not
 * hash to its id: agents can write the files in which git keeps objects, and git does not check them when it reads.
 */
export async function readObjects(
  runner: Pick<GitRunner, 'bytes'>,
  oids: readonly string[],
): Promise<ReadonlyMap<string, GitObject>> {
  if (oids.length === 0) return new Map()
  const out = Buffer.from(await runner.bytes(['cat-file', '--batch'], {input: `${oids.join('\n')}\n`}))
  const found = new Map<string, GitObject>()
  for (let at = 0; at < out.length; ) {
    const end = out.indexOf('\n', at)
    // `OID TYPE SIZE`, or `OID missing`.
    const [oid = '', type = '', size] = out.toString('latin1', at, end).split(' ')
    at = end + 1
    if (size === undefined) continue
    const content = out.subarray(at, at + Number(size))
    at += Number(size) + 1
    if (idOf({type, content}, oid.length) === oid) found.set(oid, {type, content})
  }
  return found
}

/** The id that git gives an object, in a repository whose ids have `length` digits: 40 of SHA-1, 64 of SHA-256. */
function idOf({type, content}: GitObject, length: number): string {
  const hash = createHash(length === 64 ? 'sha256' : 'sha1')
  return hash.update(`${type} ${content.length}\0`).update(content).digest('hex')
}
