import {chmodSync, existsSync} from 'node:fs'
import {dirname} from 'node:path'
import {textOrNull, writePrivateFile} from '../../base/files.ts'
import {ensurePrivateFolder} from '../../base/paths.ts'
import type {HookPaths} from './folder.ts'
import {hookScript, type Program, SCRIPT_VERSION, scriptVersion} from './script.ts'

/** How the script in the user's state folder is, beside the one that this program would write. */
export type ScriptState = 'missing' | 'same' | 'older' | 'other'

export function scriptState(paths: HookPaths, program: Program): ScriptState {
  const text = textOrNull(paths.script)
  if (text === null) return 'missing'
  if (text === hookScript({folder: paths.folder, ...program})) return 'same'
  return (scriptVersion(text) ?? 0) < SCRIPT_VERSION ? 'older' : 'other'
}

/** Writes the script, so that only this user can read and change it. */
export function installScript(paths: HookPaths, program: Program): void {
  ensurePrivateFolder(dirname(paths.folder))
  ensurePrivateFolder(paths.folder)
  if (scriptState(paths, program) !== 'same')
    writePrivateFile(paths.script, hookScript({folder: paths.folder, ...program}))
  chmodSync(paths.script, 0o700)
}

/** What a script calls, as it stands in its text; null: there is no script. `isThere`: both files are. */
export function installedProgram(paths: HookPaths): (Program & {isThere: boolean}) | null {
  const text = textOrNull(paths.script)
  if (text === null) return null
  const [node, entry] = [valueIn(text, 'node'), valueIn(text, 'entry')]
  return {node, entry, isThere: existsSync(node) && existsSync(entry)}
}

function valueIn(text: string, name: string): string {
  const quoted = new RegExp(`^${name}='(.*)'$`, 'm').exec(text)?.[1] ?? ''
  return quoted.replaceAll(`'\\''`, "'")
}
