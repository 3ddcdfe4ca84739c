import {textOrNull} from '../../base/files.ts'
import {count} from '../../base/words.ts'
import type {HookPaths} from '../../hub/hooks/folder.ts'
import {installedProgram} from '../../hub/hooks/install.ts'
import {SCRIPT_VERSION, scriptVersion} from '../../hub/hooks/script.ts'
import {beatOf, sessionFolders} from '../../hub/hooks/sessions.ts'
import {offFor, type SwitchedProject} from '../../hub/hooks/switch.ts'
import {type Finding, good, hint} from './finding.ts'

/** Checks the hooks by which sessions that a person starts join the hub; nothing where there are none. */
export function checkPeers(paths: HookPaths, project: SwitchedProject | null): Finding[] {
  const off = offFor(paths, project)
  const name = 'hub hooks'
  if (off !== null) {
    const where = off === 'user' ? 'for you' : 'for this repository'
    return [hint('hub', `it is off ${where}`, `clambake on${off === 'user' ? '' : ' --project'}`)]
  }
  const program = installedProgram(paths)
  if (program === null) return []
  const again = 'clambake setup-claude --hub writes them again'
  if (!program.isThere) return [hint(name, `they call ${program.entry} by ${program.node}, which is gone`, again)]
  const version = scriptVersion(textOrNull(paths.script) ?? '')
  if (version !== SCRIPT_VERSION) return [hint(name, 'their script is of another version of Clambake', again)]
  const sessions = sessionFolders(paths).filter(({folder}) => beatOf(folder) !== null)
  return [good(name, `${count(sessions.length, 'session')} on this machine; what failed is in ${paths.log}`)]
}
