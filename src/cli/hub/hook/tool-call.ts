import type {BlockerPolicy} from '../../../model/data/config/blockers.ts'
import {decideHolds, type HoldDecision, holdsFor} from '../../../model/hub/holds/decide.ts'
import {type HookWork, noteBegun} from './answers.ts'

/** A tool is about to be called: it is refused, or a person is asked, where another session holds what it touches. */
export async function onToolCall(work: HookWork): Promise<void> {
  const {input, hub, self, now, root, answer} = work
  await noteBegun(work)
  const {tool_name: tool, tool_input = {}, cwd} = input
  if (tool === undefined) return
  const [blockers, reservations] = await Promise.all([hub.blockers(), hub.reservations.list()])
  const decision = decideHolds({
    call: {tool, input: tool_input, directory: cwd ?? process.cwd(), root},
    held: holdsFor({id: self.id, project: self.project}, blockers, reservations),
    policy: await policyOf(root),
    now,
  })
  const output = answerOf(decision)
  if (output !== null) await answer(output)
}

/** What the repository's configuration says; a file that cannot be read loosens nothing. */
async function policyOf(root: string | null): Promise<BlockerPolicy> {
  if (root === null) return 'refuse'
  const {loadConfig} = await import('../../../config/load.ts')
  return loadConfig({root, env: process.env}).then(
    ({config}) => config.hub.blockers,
    () => 'refuse',
  )
}

function answerOf(decision: HoldDecision): object | null {
  if (decision.decision === 'allow') return null
  return {
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: decision.decision === 'refuse' ? 'deny' : 'ask',
      permissionDecisionReason: decision.reason,
    },
  }
}
