import {once} from 'node:events'
import {rmSync, statSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {setTimeout} from 'node:timers'
import {hasCode, messageOf} from '../../../base/errors.ts'
import {ensurePrivateFolder, stateFolder} from '../../../base/paths.ts'
import {actingProcess, processOf} from '../../../base/processes/process-id.ts'
import type {Coordination} from '../../../hub/coordination.ts'
import {type HookPaths, hookPaths, type PlacePaths, placePaths} from '../../../hub/hooks/folder.ts'
import type {HookEvent} from '../../../hub/hooks/script.ts'
import {readSession, sessionFolder, writeSession} from '../../../hub/hooks/sessions.ts'
import {type Config, defaultConfig} from '../../../model/data/config.ts'
import type {Peer} from '../../../model/hub/instance.ts'
import {type CommandContext, openContext} from '../../context.ts'
import {HubOff} from '../hub-off.ts'
import {hubPlaceHere} from '../place.ts'
import {joinSelf} from '../self.ts'
import {type HookWork, onEnd, onPrompt, onStart, onStop} from './answers.ts'
import {type HookInput, hookEvent, readInput} from './input.ts'
import {startWatcher} from './start-watcher.ts'
import {onToolCall} from './tool-call.ts'

/** Below the time that the client waits. */
const DEADLINE_MS = 10_000

const DOWN_MS = 30_000

const ANSWERS: Readonly<Record<HookEvent, (work: HookWork) => Promise<void>>> = {
  SessionStart: onStart,
  UserPromptSubmit: onPrompt,
  PreToolUse: onToolCall,
  Stop: onStop,
  SessionEnd: onEnd,
}

/**
 * Answers a hook of a client that a person started: `clambake hub-hook EVENT`, which the script of `setup-claude --hub`
 * runs. It never fails the session: whatever goes wrong becomes a line in the log of hooks, and the exit code is 0.
 */
export async function runHook(name: string | undefined, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const paths = hookPaths(stateFolder(env))
  // For a supervised agent its daemon speaks.
  if (env.CLAMBAKE_MAILBOX_URL) return
  const late = setTimeout(() => {
    void noteFailure(paths, name, new Error(`no answer of the hub within ${DEADLINE_MS} ms`)).finally(() =>
      process.exit(0),
    )
  }, DEADLINE_MS)
  try {
    await answerHook(hookEvent.parse(name), paths, env)
  } catch (error) {
    if (!(error instanceof HubOff)) await noteFailure(paths, name, error)
  } finally {
    clearTimeout(late)
  }
}

async function answerHook(event: HookEvent, paths: HookPaths, env: NodeJS.ProcessEnv): Promise<void> {
  const input = await readInput(process.stdin)
  const cwd = env.CLAUDE_PROJECT_DIR || input.cwd || process.cwd()
  await using context = openContext({json: true, cwd, env, createProgram: noProgram})
  const hub = await context.hub()
  const place = await hubPlaceHere(context)
  const client = await clientOf()
  const folder = sessionFolder(paths, client)
  const files = placePaths(paths, place)
  if (event !== 'SessionEnd') {
    await prepare({paths, client, files})
    await startWatcher({files, cwd, env})
    if (event !== 'SessionStart' && isDown(files)) return
  }
  try {
    const self = await selfOf({event, input, context, hub, folder})
    if (self === null) return
    const local = readSession(folder)
    if (event !== 'SessionEnd' && local?.instance !== self.id) {
      const {id: instance, project, process: own} = self
      writeSession(paths, client, {instance, project, place: files.key, process: own!}, files)
    }
    await work(self)
    rmSync(files.down, {force: true})
  } catch (error) {
    if (hasCode(error, 'hub-unavailable')) writeFileSync(files.down, '')
    throw error
  }

  async function work(self: Peer): Promise<void> {
    const {root, config} = await surroundingsOf(context)
    const {blockers: policy} = config.hub
    await ANSWERS[event]({input, hub, self, folder, now: context.clock.now(), root, policy, answer})
  }
}

/** Makes the session's folder before the hub is asked, so that its tool calls are quick also while that does not answer. */
async function prepare(options: {paths: HookPaths; client: number; files: PlacePaths}): Promise<void> {
  const {paths, client, files} = options
  const acting = await actingProcess(process.pid)
  if (acting === null) return
  const {pid, start} = acting
  const local = readSession(sessionFolder(paths, client))
  if (local?.process.pid === pid && local.process.start === start && local.place === files.key) return
  ensurePrivateFolder(paths.folder)
  ensurePrivateFolder(paths.places)
  ensurePrivateFolder(files.folder)
  writeSession(paths, client, {instance: null, project: null, place: files.key, process: {pid, start}}, files)
}

/** Whether the hub did not answer just now: then a prompt or a turn's end does not wait for it again. */
function isDown({down}: PlacePaths): boolean {
  const at = statSync(down, {throwIfNoEntry: false})?.mtimeMs
  // By its amount, as the clock may have been set back since.
  return at !== undefined && Math.abs(Date.now() - at) < DOWN_MS
}

/** The repository around and its configuration; outside of one, the defaults. */
async function surroundingsOf({surrounding}: CommandContext): Promise<{root: string | null; config: Config}> {
  try {
    return await surrounding()
  } catch (error) {
    if (hasCode(error, 'not-a-repository')) return {root: null, config: defaultConfig}
    throw error
  }
}

/** The process that ran the hook's script. */
async function clientOf(): Promise<number> {
  return (await processOf(process.ppid))?.parent ?? process.ppid
}

/**
 * The session that the hook speaks for: the registered one of the client above it; it is registered first where it is not.
 * null: it ends and was not registered.
 */
async function selfOf(options: {
  event: HookEvent
  input: HookInput
  context: CommandContext
  hub: Coordination
  folder: string
}): Promise<Peer | null> {
  const {event, input, context, hub, folder} = options
  const acting = await actingProcess(process.pid)
  const local = readSession(folder)
  if (local?.instance && acting !== null && event !== 'SessionStart') {
    const isSame = local.process.pid === acting.pid && local.process.start === acting.start
    if (isSame && (await hub.beat(local.instance))) {
      const known = (await hub.seen()).find(({peer}) => peer.id === local.instance)
      if (known) return known.peer
    }
  }
  if (event === 'SessionEnd') return null
  const {session_id: session} = input
  return joinSelf(context, hub, {status: 'active', ...(session === undefined ? {} : {session})})
}

/** Writes the answer and waits until the client's pipe has it. */
async function answer(output: object): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(output)}\n`)) await once(process.stdout, 'drain')
}

export function noProgram(): never {
  throw new Error('a hook has no other commands')
}

/** Notes what failed, for doctor and for people who look; where even that fails, nothing is left to be done. */
export async function noteFailure(paths: HookPaths, event: string | undefined, error: unknown): Promise<void> {
  try {
    ensurePrivateFolder(dirname(paths.log))
    const {createLog} = await import('../../../telemetry/log.ts')
    using log = createLog({file: paths.log})
    log.error('hook failed', {event: event ?? '', reason: messageOf(error)})
  } catch {
    // The folder cannot be written either.
  }
}
