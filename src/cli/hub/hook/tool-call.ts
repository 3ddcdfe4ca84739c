import {broken, safeLine} from '../../../base/text.ts'
import {AS_DATA, decideHolds, type HoldDecision, holdsFor} from '../../../model/hub/holds/decide.ts'
import {type HookWork, noteBegun} from './answers.ts'

/** A tool is about to be called: it is refused, or a person is asked, where another session holds what it touches. */
export async function onToolCall(work: HookWork): Promise<void> {
  const {input, hub, self, now, root, policy, answer} = work
  await noteBegun(work)
  const {tool_name: tool, tool_input = {}, cwd} = input
  if (tool === undefined || policy === 'off') return
  const [blockers, reservations] = await Promise.all([hub.blockers(), hub.reservations.list()])
  const decision = decideHolds({
    call: {tool, input: tool_input, directory: cwd ?? process.cwd(), root},
    held: holdsFor({id: self.id, project: self.project}, blockers, reservations),
    policy,
    now,
  })
  const output = answerOf(decision)
  if (output !== null) await answer(output)
}

function answerOf(decision: HoldDecision): object | null {
  if (decision.decision === 'allow') return null
  return {
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: decision.decision === 'refuse' ? 'deny' : 'ask',
      permissionDecisionReason: broken(safeLine(`${decision.reason} ${AS_DATA}`)),
    },
  }
}
