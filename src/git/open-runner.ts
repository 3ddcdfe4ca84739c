import {rmSync} from 'node:fs'
import {join} from 'node:path'
import {makeTemporaryFolder} from '../base/files.ts'
import type {Log} from '../base/log.ts'
import {repositoryFolder} from '../base/paths.ts'
import {listSettings} from './command/own-config.ts'
import type {Remote} from './command/remote-url.ts'
import {createGitRunner, type GitRunner} from './command/run-git.ts'
import {findRemote, locate} from './open.ts'
import {makeOwnFolder, type OwnFolder} from './own-folder.ts'

/**
 * Finds the remote in the clone's configuration, then gives a runner that never reads that configuration again.
 * Throws `no-remote`, `remote-protocol`, `clone-refused`, `clone-changed`.
 */
export async function openRunner(options: {
  root: string
  commonDir: string
  remoteName: string
  env: Readonly<Record<string, string | undefined>>
  token: (remoteUrl: string) => Promise<string | null>
  now: () => number
  log: Log
  state: string
  readOnly?: boolean
}): Promise<{runner: GitRunner; remote: Remote; lfs: OwnFolder['lfs']}> {
  const {root, commonDir, remoteName, env, token, now, log, state, readOnly = false} = options
  const entrance = createGitRunner({dir: root, env, token, now})
  const listing = await listSettings(entrance).catch(async error => {
    // Where git cannot work at all, the error names the folder and not its settings.
    await locate(entrance, root)
    throw error
  })
  const remote = await findRemote(entrance, {dir: root, name: remoteName, settings: listing})
  const kept = join(repositoryFolder(state, commonDir), 'git')
  const ownFolder = await makeOwnFolder({
    listing,
    commonDir,
    remote: {name: remoteName, url: remote.url, pushUrl: remote.pushUrl},
    folder: readOnly ? temporaryFolder() : kept,
    readOnly,
    note: noteOf(state, commonDir),
  })
  const runner = createGitRunner({dir: root, ownFolder: ownFolder.path, env, token, now, ...(readOnly ? {} : {log})})
  return {runner, remote, lfs: ownFolder.lfs}
}

/** Where it is noted what Clambake saw first of a clone. */
export function noteOf(state: string, commonDir: string): string {
  return join(repositoryFolder(state, commonDir), 'git-first-seen.json')
}

/** Where the tip of a main branch is noted that Clambake saw last. */
export function lastMainFile(state: string, commonDir: string, mainBranch: string): string {
  return join(repositoryFolder(state, commonDir), `last-main-${encodeURIComponent(mainBranch)}`)
}

/** Where it is kept what a person chose to leave in a clone, and did in it last. */
export function localRecordFiles(state: string, commonDir: string): {choices: string; lastStep: string} {
  const folder = repositoryFolder(state, commonDir)
  return {choices: join(folder, 'choices.json'), lastStep: join(folder, 'last-step.json')}
}

/** A folder that is gone when this process ends. */
function temporaryFolder(): string {
  const folder = makeTemporaryFolder('clambake-git-')
  process.once('exit', () => rmSync(folder, {recursive: true, force: true}))
  return folder
}
