import type {Coordination} from '../../../hub/coordination.ts'
import {forgetGiven, givenTo, noteGiven, removeSession} from '../../../hub/hooks/sessions.ts'
import type {BlockerPolicy} from '../../../model/data/config/blockers.ts'
import {givenMemory} from '../../../model/hub/given-memory.ts'
import {givenText} from '../../../model/hub/given-text.ts'
import type {Peer} from '../../../model/hub/instance.ts'
import type {Relevant} from '../../../model/hub/memory/relevant.ts'
import type {HookInput} from './input.ts'

/** What a hook works with: the session that it speaks for, and its folder. */
export type HookWork = {
  input: HookInput
  hub: Coordination
  self: Peer
  folder: string
  now: number
  /** The top folder of the checkout that the session works in; null: it is in none. */
  root: string | null
  /** What is done with a call of what another session holds. */
  policy: BlockerPolicy
  /** Gives the client its answer; it has it when this resolves. */
  answer(output: object): Promise<void>
}

const NO_MEMORY: Relevant = {given: [], left: 0}

/** Mail that does not wait for the next prompt of a person. */
const PRESSING = ['request', 'warning', 'blocker'] as const

/** A session begins, or continues after a resume, `/clear` or `/compact`: it is given what waits for it. */
export async function onStart({input, hub, self, folder, answer}: HookWork): Promise<void> {
  const {id, project, task} = self
  if (input.source === 'startup' || input.source === undefined) {
    await hub.log({instance: id, project, action: 'started', detail: task})
  }
  const handed = await hub.handOver(self)
  // After a resume the conversation has them already.
  const remembers = input.source !== 'resume'
  const memory = remembers ? await hub.memory.relevantTo({project, text: task, files: [], labels: []}) : NO_MEMORY
  const parts = [
    [
      `This session is ${id} on the hub of Clambake, where sessions of all projects see each other.`,
      'clambake who lists them, clambake send writes to one, clambake inbox shows what became of it.',
    ].join('\n'),
    givenText(handed),
    givenMemory(memory),
  ].filter(part => part !== '')
  await answer(context('SessionStart', parts.join('\n\n')))
  noteGiven(
    folder,
    handed.given.map(one => one.id),
  )
}

/** A person's prompt begins a turn, which begins with the messages that wait. */
export async function onPrompt(work: HookWork): Promise<void> {
  const {hub, self, answer} = work
  await noteBegun(work)
  await hub.beat(self.id, {status: 'busy'})
  const handed = await hub.handOver(self)
  if (handed.given.length === 0) return
  await answer(context('UserPromptSubmit', givenText(handed)))
  // Only now: what the client never got is given again.
  await hub.begun(
    self.id,
    handed.given.map(one => one.id),
  )
}

/** A turn ends. What presses begins the next one at once, but only one: a turn that a hook began ends for good. */
export async function onStop(work: HookWork): Promise<void> {
  const {input, hub, self, folder, answer} = work
  await noteBegun(work)
  if (input.stop_hook_active !== true && (await presses(work))) {
    const handed = await hub.handOver(self)
    if (handed.given.length > 0) {
      await answer({decision: 'block', reason: givenText(handed)})
      return noteGiven(
        folder,
        handed.given.map(one => one.id),
      )
    }
  }
  await hub.beat(self.id, {status: 'idle'})
}

/** The session ends. After `/clear` its client continues with another conversation. */
export async function onEnd(work: HookWork): Promise<void> {
  const {input, hub, self, folder} = work
  await noteBegun(work)
  if (input.reason === 'clear') return
  await hub.log({instance: self.id, project: self.project, action: 'shutdown', detail: self.task})
  await hub.leave(self.id)
  removeSession(folder)
}

/** The session got messages before a turn, and this hook shows that the turn began. */
export async function noteBegun({hub, self, folder}: HookWork): Promise<void> {
  const given = givenTo(folder)
  if (given.length > 0) await hub.begun(self.id, given)
  forgetGiven(folder)
}

async function presses({hub, self}: HookWork): Promise<boolean> {
  return (await hub.waiting(self)).some(({kind}) => (PRESSING as readonly string[]).includes(kind))
}

function context(hookEventName: string, additionalContext: string): object {
  return {hookSpecificOutput: {hookEventName, additionalContext}}
}
