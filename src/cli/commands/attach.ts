import * as z from 'zod'
import {usageError} from '../../base/errors.ts'
import type {AgentId} from '../../model/data/ids.ts'
import {type CommandContext, openContext} from '../context.ts'
import {defineCommand} from '../define.ts'
import {agentArgument, agentName} from '../inputs.ts'
import {showUntilLeft} from '../screen/errand.ts'

export const attach = defineCommand({
  name: 'attach',
  summary: "open an agent's terminal on the screen; Ctrl-] leaves it",
  does: 'acts',
  args: [agentArgument],
  schema: () => z.object({agent: agentName}),
  examples: [
    ['clambake attach agent001', 'type to the agent; Ctrl-] returns to the lists; q quits, agents keep running'],
  ],
  run: ({agent}, context) => runAttach(agent, context),
  text: () => '',
})

/** Opens the screen in an agent's terminal. Throws `not-a-terminal`. */
export async function runAttach(agent: AgentId, context: CommandContext): Promise<null> {
  if (!context.interactive) {
    throw usageError({
      code: 'not-a-terminal',
      message: 'attach needs a terminal on its input and output',
      next: `clambake logs ${agent} prints its terminal`,
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
