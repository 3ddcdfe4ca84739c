import {randomUUID} from 'node:crypto'
import {existsSync} from 'node:fs'
import {link, mkdir, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {ClambakeError, isSystemError} from '../../base/errors.ts'
import {createMutex} from '../../base/mutex.ts'

/** Ports that each ticket keeps, used or not, so that blocks of repositories with different settings never overlap. */
const BLOCK = 10
const LAST_PORT = 65_535

export type Ports = {
  /** The ticket's ports, the same for a worktree as long as it is there. Throws `no-free-port`. */
  of(worktree: string, count: number): Promise<readonly number[]>
}

/**
 * Gives each worktree of this user a block of ports. A block is a file named by its first port, which says for which
 * worktree it is: all daemons see them, restarts keep them, and a block whose worktree is gone is free again. `folder`:
 * the user's, for all repositories.
 */
export function createPorts(options: {folder: string; readonly first: number}): Ports {
  const {folder} = options
  const mutex = createMutex()

  async function holder(name: string): Promise<string | null> {
    try {
      return await readFile(join(folder, name), 'utf8')
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return null
      throw error
    }
  }

  /** The blocks that are taken, each with its worktree; those of worktrees that are gone are given back. */
  async function taken(): Promise<Map<number, string>> {
    const found = new Map<number, string>()
    for (const name of (await readdir(folder)).filter(name => /^\d+$/.test(name))) {
      const worktree = await holder(name)
      if (worktree === null) continue
      if (existsSync(worktree)) found.set(Number(name), worktree)
      else await giveBack(name)
    }
    return found
  }

  /** Another daemon may have taken the block since it was read; then it keeps it. */
  async function giveBack(name: string): Promise<void> {
    const draft = join(folder, `${name}.${randomUUID()}`)
    try {
      await rename(join(folder, name), draft)
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return
      throw error
    }
    const worktree = await readFile(draft, 'utf8')
    if (existsSync(worktree)) await place(draft, name)
    await rm(draft, {force: true})
  }

  /** Makes a block's file with its content at once; false: there is one. */
  async function place(draft: string, name: string): Promise<boolean> {
    try {
      await link(draft, join(folder, name))
      return true
    } catch (error) {
      if (isSystemError(error, 'EEXIST')) return false
      throw error
    }
  }

  async function blockOf(worktree: string): Promise<number> {
    await mkdir(folder, {recursive: true, mode: 0o700})
    const blocks = await taken()
    const own = [...blocks].find(([, holder]) => holder === worktree)
    if (own) return own[0]
    const draft = join(folder, `draft.${randomUUID()}`)
    const {first} = options
    await writeFile(draft, worktree, {flag: 'wx'})
    try {
      for (let port = first; port + BLOCK - 1 <= LAST_PORT; port += BLOCK) {
        if (isNear(port, blocks) || !(await areFree(port))) continue
        if (await place(draft, String(port))) return port
      }
    } finally {
      await rm(draft, {force: true})
    }
    throw new ClambakeError({
      code: 'no-free-port',
      message: `No ${BLOCK} free ports in a row are left from ${first} on for ${worktree}`,
      kept: 'the worktree as it is',
      next: 'end what uses them, or set another worktree.first_port in clambake.toml',
    })
  }

  return {
    async of(worktree, count) {
      if (count === 0) return []
      const port = await mutex.run(() => blockOf(worktree))
      return Array.from({length: count}, (_, index) => port + index)
    },
  }
}

/** Repositories may begin at ports of their own, so blocks need not lie in one row. */
function isNear(port: number, blocks: ReadonlyMap<number, string>): boolean {
  return [...blocks.keys()].some(other => Math.abs(other - port) < BLOCK)
}

async function areFree(port: number): Promise<boolean> {
  for (let each = port; each < port + BLOCK; each++) if (!(await isFree(each))) return false
  return true
}

function isFree(port: number): Promise<boolean> {
  const {promise, resolve} = Promise.withResolvers<boolean>()
  const server = createServer()
  server.once('error', () => resolve(false))
  server.listen({port, host: '127.0.0.1', exclusive: true}, () => server.close(() => resolve(true)))
  return promise
}
