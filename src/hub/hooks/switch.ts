import {appendFileSync, existsSync, rmSync, writeFileSync} from 'node:fs'
import {textOrNull, writePrivateFile} from '../../base/files.ts'
import {ensurePrivateFolder} from '../../base/paths.ts'
import type {HookPaths} from './folder.ts'

/** A repository as the switch knows it: all its worktrees have one key. */
export type SwitchedProject = {key: string; folder: string}

/** Whether the hub is off for this user, or for a project; null: it is on. */
export function offFor(paths: HookPaths, project: SwitchedProject | null): 'user' | 'project' | null {
  if (existsSync(paths.off)) return 'user'
  if (project === null) return null
  const lines = linesOf(paths)
  if (!lines.some(line => line.startsWith(`${project.key} `))) return null
  // The shell script knows a project by its folders alone, so another worktree of it is noted when it is seen.
  const line = lineOf(project)
  if (!lines.includes(line)) {
    try {
      appendFileSync(paths.offProjects, `${line}\n`)
    } catch {
      // The script starts the program then, which comes here again.
    }
  }
  return 'project'
}

/** Turns the hub off or on, for this user (`project` null) or one project; says whether that changed anything. */
export function switchHub(paths: HookPaths, to: 'on' | 'off', project: SwitchedProject | null): boolean {
  ensurePrivateFolder(paths.folder)
  if (project === null) {
    const was = existsSync(paths.off)
    if (to === 'off') writeFileSync(paths.off, '', {mode: 0o600})
    else rmSync(paths.off, {force: true})
    return was === (to === 'on')
  }
  const lines = linesOf(paths)
  const others = lines.filter(line => !line.startsWith(`${project.key} `))
  const next = to === 'off' ? [...others, lineOf(project)] : others
  if (next.length === 0) rmSync(paths.offProjects, {force: true})
  else writePrivateFile(paths.offProjects, next.map(line => `${line}\n`).join(''))
  return lines.length > others.length === (to === 'on')
}

function lineOf({key, folder}: SwitchedProject): string {
  return `${key} ${folder}`
}

function linesOf({offProjects}: HookPaths): string[] {
  return (textOrNull(offProjects) ?? '').split('\n').filter(line => line !== '')
}
