import type {Context} from '../context.ts'
import {PLAIN_DIFF} from '../worktree/inspect.ts'

/** The paths that a commit changes; null lines: the file is binary. */
export type Changes = readonly {path: string; added: number | null; removed: number | null}[]

/** A head with its own commits and the commit at which it left main; null: it shares no commit with main. */
export type Line = {head: string; own: readonly string[]; base: string | null}

/** A commit to compare with another one; without `against`, with its parent. */
export type Pair = {commit: string; against?: string}

/** The changes of many commits, by commit, from one process. One that changes nothing is left out. */
export async function changesOf(context: Context, pairs: readonly Pair[]): Promise<ReadonlyMap<string, Changes>> {
  const found = new Map<string, Changes>()
  const text = await diffTree(context, pairs, ['--numstat', '-z'])
  let current: {path: string; added: number | null; removed: number | null}[] = []
  for (const field of text.split('\0')) {
    const head = /^\n*([0-9a-f]{40,64})\n?$/.exec(field)?.[1]
    if (head !== undefined) {
      current = []
      found.set(head, current)
      continue
    }
    const [added, removed, ...path] = field.split('\t')
    if (path.length > 0) current.push({path: path.join('\t'), added: numberOf(added), removed: numberOf(removed)})
  }
  return found
}

/** The text of the changes of many commits, by commit. */
export async function patchesOf(context: Context, pairs: readonly Pair[]): Promise<ReadonlyMap<string, string>> {
  const text = await diffTree(context, pairs, ['-p', '--full-index', '--text'])
  const found = new Map<string, string>()
  for (const part of text.split(/^(?=[0-9a-f]{40,64}$)/m)) {
    const end = part.indexOf('\n')
    // The last one comes without its newline.
    if (end > 0) found.set(part.slice(0, end), part.slice(end + 1).replace(/\n$/, ''))
  }
  return found
}

async function diffTree(context: Context, pairs: readonly Pair[], format: readonly string[]): Promise<string> {
  if (pairs.length === 0) return ''
  const lines = pairs.map(({commit, against}) => (against === undefined ? commit : `${commit} ${against}`))
  return context.runner.text(['diff-tree', '--stdin', '-r', '--root', ...PLAIN_DIFF, ...format], {
    input: `${lines.join('\n')}\n`,
  })
}

function numberOf(text: string | undefined): number | null {
  return text === undefined || text === '-' ? null : Number(text)
}
