import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Context} from '../context.ts'
import type {ScratchObjects} from './scratch-objects.ts'

const WHO = 'Clambake <clambake@localhost> 0 +0000'

/** Makes a commit of each tree in one process, in the order given. */
export async function writeCommits(
  context: Context,
  scratch: ScratchObjects,
  wanted: readonly {tree: string; parent: string}[],
): Promise<string[]> {
  if (wanted.length === 0) return []
  const folder = await mkdtemp(join(scratch.folder, 'commits-'))
  try {
    const files = wanted.map((_, index) => join(folder, String(index)))
    await Promise.all(files.map((file, index) => writeFile(file, commitText(wanted[index]!))))
    const text = await context.runner.text(['hash-object', '-t', 'commit', '-w', '--no-filters', '--stdin-paths'], {
      input: files.map(file => `${file}\n`).join(''),
      env: scratch.env,
    })
    return text.split('\n')
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

function commitText({tree, parent}: {tree: string; parent: string}): string {
  return `tree ${tree}\nparent ${parent}\nauthor ${WHO}\ncommitter ${WHO}\n\nForecast\n`
}
