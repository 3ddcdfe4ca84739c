import {findProgram} from '../../base/files.ts'
import {type CloneNeeds, cloneNeeds} from '../../git/clone-needs.ts'
import {bad, type Finding, good, hint} from './finding.ts'

/** Checks that what the clone's files need beside git is on this machine: programs of filters, Git LFS, submodules. */
export async function checkClone({root, env}: {root: string; env: NodeJS.ProcessEnv}): Promise<Finding[]> {
  return cloneFindings(
    await cloneNeeds({root, env}),
    program => findProgram(program, {folder: root, path: env.PATH}) !== undefined,
  )
}

/** What is missing, a line each; one line if nothing is. */
export function cloneFindings(
  {filters, emptySubmodules}: CloneNeeds,
  isThere: (program: string) => boolean,
): Finding[] {
  const findings = filters.flatMap(({name, programs}) => {
    if (name === 'lfs') return lfsFindings(programs, isThere)
    if (programs.length === 0) {
      const detail = `.gitattributes asks for the filter ${name}, which this clone does not have: files stay as stored`
      return [
        hint(`filter ${name}`, detail, `set it up as the project's own instructions say (git config filter.${name}.…)`),
      ]
    }
    const missing = programs.find(program => !isThere(program))
    if (missing === undefined) return []
    return [bad(`filter ${name}`, `its program ${missing} is not in PATH`, `install ${missing}`)]
  })
  if (emptySubmodules.length > 0) {
    const [first, ...others] = emptySubmodules
    const detail = `${first}${others.length > 0 ? ` and ${others.length} more` : ''} not checked out`
    const mend = 'git submodule update --init; for agents, put it into agents.setup of clambake.toml'
    findings.push(hint('submodules', detail, mend))
  }
  return findings.length > 0 ? findings : [good('files', 'all filters and submodules are here')]
}

function lfsFindings(programs: readonly string[], isThere: (program: string) => boolean): Finding[] {
  if (!isThere('git-lfs')) {
    const mend = 'install git-lfs, then git lfs install && git lfs pull'
    return [bad('lfs', 'files are kept in Git LFS, and git-lfs is not in PATH: agents would see pointers', mend)]
  }
  if (programs.length > 0) return []
  return [bad('lfs', 'files are kept in Git LFS, and git does not use it here', 'git lfs install && git lfs pull')]
}
