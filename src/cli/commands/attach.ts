import {z} from 'zod'
import {usageError} from '../../base/errors.ts'
import type {AgentId} from '../../model/data/ids.ts'
import {type CommandContext, openContext} from '../context.ts'
import {defineCommand} from '../define.ts'
import {agentName} from '../inputs.ts'
import {showUntilLeft} from '../screen/errand.ts'

export const attach = defineCommand({
  name: 'attach',
  summary: "open the screen in an agent's terminal; Ctrl-] leaves it",
  args: [{key: 'agent', name: 'agent', required: true, description: 'whose terminal'}],
  schema: z.object({agent: agentName}),
  examples: [['clambake attach agent001', 'type to the agent; Ctrl-] back to the lists; q quits, agents run on']],
  run: ({agent}, context) => runAttach(agent, context),
  text: () => '',
})

/** The screen, in an agent's terminal. Throws `not-a-terminal`. */
export async function runAttach(agent: AgentId, context: CommandContext): Promise<null> {
  if (!context.interactive) {
    throw usageError({
      code: 'not-a-terminal',
      message: 'attach needs a terminal on its input and output',
      next: `clambake logs ${agent} prints what it shows`,
    })
  }
  const {showScreen} = await import('../screen/show-screen.ts')
  await showUntilLeft(async first => {
    if (first) return await showScreen(context, {attachTo: agent})
    await using again = openContext({
      json: false,
      cwd: context.cwd,
      env: context.env,
      role: 'client',
      createProgram: context.createProgram,
    })
    return await showScreen(again)
  }, context.createProgram)
  return null
}
