import {rmSync} from 'node:fs'
import {dirname} from 'node:path'
import {ClambakeError} from '../../base/errors.ts'
import {stateFolder} from '../../base/paths.ts'
import {safeLine, shellWord} from '../../base/text.ts'
import {hookPaths} from '../../hub/hooks/folder.ts'
import {installScript, type ScriptState, scriptState} from '../../hub/hooks/install.ts'
import {HOOK_EVENTS, HOOK_TIMEOUT_SECONDS, hookCommand, isHookCommand} from '../../hub/hooks/script.ts'
import {SettingsProblem, withHooks, withoutHooks} from '../../model/hub/client-hooks.ts'
import {builtFile, type CommandContext} from '../context.ts'
import {changeLines, changesOf} from '../output/changes.ts'
import {projectSettings, type SettingsFile, userSettings, writeSettings} from './client-settings.ts'
import type {HooksSetUp} from './hooks-set-up.ts'

/** Adds the hooks by which sessions join the hub to a client's settings, or takes them out; shows the change and asks. */
export async function setUpHooks(
  {project, undo, dryRun, yes}: {project: boolean; undo: boolean; dryRun: boolean; yes: boolean},
  context: CommandContext,
): Promise<HooksSetUp> {
  const {env} = context
  const paths = hookPaths(stateFolder(env))
  const program = {node: process.execPath, entry: builtFile('clambake.js')}
  const settings = project ? await projectSettings((await context.place()).root) : await userSettings(env)
  const commands = Object.fromEntries(HOOK_EVENTS.map(event => [event, hookCommand(paths.script, event)]))
  const own = {commands, timeout: HOOK_TIMEOUT_SECONDS, isOwn: isHookCommand}
  const text = edited(settings, before => (undo ? withoutHooks(before, own) : withHooks(before, own)))
  const state = scriptState(paths, program)
  const diff = text === settings.text ? '' : await diffOf(settings, text, env)
  const removesScript = undo && !project && state !== 'missing'
  const changes = diff !== '' || (undo ? removesScript : state !== 'same')
  const found = {
    does: undo ? 'removes' : 'adds',
    file: settings.file,
    script: {file: paths.script, state},
    diff,
  } as const
  if (!changes) return {...found, written: false, shown: false, dryRun}
  const asks = !dryRun && !yes && context.interactive && !context.json
  if (asks) context.say(plan({...found}))
  const written = asks ? await context.confirm(undo ? 'Take them out?' : 'Write it?') : yes && !dryRun
  if (written) {
    // The script is there before anything names it, and goes after nothing does.
    if (!undo) installScript(paths, program)
    if (diff !== '') await writeSettings(settings, text)
    if (removesScript) rmSync(paths.script, {force: true})
  }
  return {...found, written, shown: asks, dryRun}
}

function edited({file, text}: SettingsFile, edit: (text: string) => string): string {
  try {
    return edit(text)
  } catch (error) {
    if (!(error instanceof SettingsProblem)) throw error
    throw new ClambakeError({
      code: 'settings-refused',
      message: `${file} was left alone: ${error.message}`,
      kept: 'the file as it is',
      next: 'repair it by hand',
    })
  }
}

async function diffOf({file, real, exists}: SettingsFile, text: string, env: NodeJS.ProcessEnv): Promise<string> {
  const dir = exists ? dirname(real) : '/'
  return (await changesOf({dir, env, path: exists ? real : file, isNew: !exists, text})).diff
}

function plan({file, script, diff, does}: Pick<HooksSetUp, 'file' | 'script' | 'diff' | 'does'>): string {
  const lines = changeLines({file, diff})
  const name = safeLine(script.file)
  if (does === 'removes') return [...lines, ...(script.state === 'missing' ? [] : [`${name}: is removed`])].join('\n')
  return [...lines, `${name}: ${SCRIPT_WORDS[script.state]}`].join('\n')
}

const SCRIPT_WORDS: Readonly<Record<ScriptState, string>> = {
  missing: 'is written; the hooks run it',
  same: 'is as it should be',
  older: 'is replaced: it is of an older Clambake',
  other: 'is replaced: it calls another Clambake or was changed',
}

/** The client keeps its servers in a file that it writes itself all the time, so a person adds ours by the client. */
function toolsText(): string {
  const server = [process.execPath, builtFile('clambake.js'), 'mcp'].map(shellWord).join(' ')
  return `To give them the hub's tools as well, run: claude mcp add --scope user clambake -- ${server}`
}

/** What became of the set-up, for people. */
export function hooksText(result: HooksSetUp): string {
  const {does, written, shown, dryRun} = result
  const changes = does === 'adds' ? result.diff !== '' || result.script.state !== 'same' : result.diff !== ''
  if (written) {
    return [
      ...(shown ? [] : [plan(result), '']),
      does === 'adds'
        ? `Sessions that start from now on join the hub: clambake who lists them, clambake off silences them.\n${toolsText()}`
        : 'The hooks are out; sessions that run already call them in vain.',
    ].join('\n')
  }
  if (!changes) return plan(result)
  const again = `clambake setup-claude --hub${does === 'adds' ? '' : ' --undo'} --yes does it`
  const outcome = `Nothing was written${shown ? '' : `: ${again}`}.`
  return shown ? outcome : [plan(result), '', dryRun ? 'Nothing was written.' : outcome].join('\n')
}
