import {basename} from 'node:path'
import {run} from '../base/run.ts'

/** `owner/name` of a repository by the address of its `origin`; without one, the name of its folder. */
export async function projectName(root: string, env: NodeJS.ProcessEnv): Promise<string> {
  const {stdout} = await run('git', {
    args: ['config', '--get', 'remote.origin.url'],
    cwd: root,
    env: {...env},
    accept: [0, 1],
  })
  return nameOf(stdout) ?? basename(root)
}

/** The last two parts of an address: `git@github.com:acme/shop.git` and `https://github.com/acme/shop` are `acme/shop`. */
export function nameOf(address: string): string | null {
  const parts = address
    .trim()
    .replace(/\.git\/?$/, '')
    .split(/[/:]/)
    .filter(part => part !== '')
  return parts.length < 2 ? null : parts.slice(-2).join('/')
}
