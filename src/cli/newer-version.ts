import {existsSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {ClambakeError, messageOf} from '../base/errors.ts'
import {run} from '../base/run.ts'
import {VERSION} from '../base/version.ts'
import {isOlder} from './entry/choose-node.ts'

const ANSWER_MS = 30_000

/** Whether a newer Clambake is to be had; `asked`: whom. */
export type Newer = {asked: string; newer: boolean | null; says: string; next: string | null}

type Ask = {folder: string; env: NodeJS.ProcessEnv}

/** The folder of the clone or of the installed package that this program is from. */
export function programFolder(): string {
  return dirname(dirname(fileURLToPath(import.meta.url)))
}

/** Asks where the program came from: of a clone git's `origin`, of an installed package npm's registry. */
export async function askForNewer({folder, env}: Ask): Promise<Newer> {
  return existsSync(join(folder, '.git')) ? await askOrigin({folder, env}) : await askRegistry({folder, env})
}

async function askOrigin({folder, env}: Ask): Promise<Newer> {
  const asked = `origin of ${folder}`
  const git = (...args: string[]) =>
    run('git', {args, cwd: folder, env: {...env, GIT_TERMINAL_PROMPT: '0'}, timeoutMs: ANSWER_MS, accept: [0, 1]})
  try {
    const tip = (await git('ls-remote', 'origin', 'HEAD')).stdout.split('\t')[0] ?? ''
    if (tip === '') return {asked, newer: null, says: 'it has no main branch', next: null}
    // A commit that is not here yet is newer; git then ends with 128 or 1.
    const has = await run('git', {
      args: ['merge-base', '--is-ancestor', tip, 'HEAD'],
      cwd: folder,
      env,
      accept: [0, 1, 128],
    })
    if (has.exitCode === 0) return {asked, newer: false, says: 'this clone has all of it', next: null}
    return {asked, newer: true, says: 'it has commits that are not here', next: 'git pull && npm ci, in that folder'}
  } catch (error) {
    return notAnswered(asked, error)
  }
}

async function askRegistry({env}: Ask): Promise<Newer> {
  const asked = "npm's registry"
  try {
    const args = ['view', 'clambake', '--json', 'version', 'bin']
    const {exitCode, stdout} = await run('npm', {args, env, timeoutMs: ANSWER_MS, accept: [0, 1]})
    return registryAnswer({asked, exitCode, stdout})
  } catch (error) {
    return notAnswered(asked, error)
  }
}

/** What npm's answer means. A package of the same name that starts another program is not this one. */
export function registryAnswer(answer: {asked: string; exitCode: number; stdout: string}): Newer {
  const {asked, exitCode, stdout} = answer
  const said = parsed(stdout)
  const latest = typeof said.version === 'string' ? said.version : null
  if (exitCode !== 0 || latest === null) {
    const {code} = parsed(JSON.stringify(said.error ?? {}))
    if (code !== 'E404')
      return {asked, newer: null, says: `npm view clambake failed: ${code ?? 'no answer'}`, next: null}
    return {asked, newer: null, says: 'it has no package of this name', next: 'ask where you got the package'}
  }
  const bin = parsed(JSON.stringify(said.bin ?? {}))
  if (bin.clambake !== 'dist/clambake.cjs') {
    return {asked, newer: null, says: 'its package of this name is another program', next: null}
  }
  if (!isOlder(VERSION, latest)) return {asked, newer: false, says: `${latest} is its newest`, next: null}
  return {asked, newer: true, says: `it has ${latest}`, next: `npm install -g clambake@${latest}`}
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? {...value} : {}
  } catch {
    return {}
  }
}

function notAnswered(asked: string, error: unknown): Newer {
  if (!(error instanceof ClambakeError)) throw error
  return {asked, newer: null, says: messageOf(error), next: 'try it again when it answers'}
}
