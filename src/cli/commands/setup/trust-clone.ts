import * as z from 'zod'
import {EXIT} from '../../../base/errors.ts'
import {redact} from '../../../base/redact.ts'
import {safeText} from '../../../base/text.ts'
import {count} from '../../../base/words.ts'
import type {CloneChange} from '../../../git/first-seen.ts'
import type {CommandContext} from '../../context.ts'
import {defineCommand} from '../../define.ts'

type Result = {changes: readonly CloneChange[]; accepted: boolean; daemonRuns: boolean; shown: boolean}

export const trustClone = defineCommand({
  name: 'trust-clone',
  summary: "accept a change of the clone's remote or git configuration that you made",
  does: 'asks',
  schema: () => z.object({}),
  examples: [['clambake trust-clone', 'show what has changed since Clambake first worked here, then ask']],
  async run(_, context): Promise<Result> {
    await refuseAgents()
    const {root, paths, commonDir} = await context.place()
    const {planTrust} = await import('../../../git/trust-clone.ts')
    const now = () => context.clock.now()
    const {changes, accept} = await planTrust({root, commonDir, env: context.env, state: paths.state, now})
    const shown = changes.length > 0 && context.interactive && !context.json
    const accepted = shown && (await ask(changes, context))
    if (accepted) accept()
    return {changes, accepted, shown, daemonRuns: accepted && (await context.runningDaemon()) !== undefined}
  },
  text({changes, accepted, daemonRuns, shown}) {
    if (changes.length === 0) return 'The clone is as Clambake first saw it: there is nothing to accept.'
    const restart = daemonRuns ? ' The running daemon still uses what it knew: clambake daemon restart.' : ''
    if (accepted) return `Clambake now uses the clone's configuration as it is.${restart}`
    const outcome = 'Nothing was accepted: a person does that in a terminal, where this command asks.'
    return shown ? outcome : `${changesText(changes)}\n\n${outcome}`
  },
  exit: ({changes, accepted}) => (changes.length === 0 || accepted ? EXIT.good : EXIT.needsHuman),
})

/** Agents can write the configuration, so they cannot be the ones who accept it. */
async function refuseAgents(): Promise<void> {
  const [{ancestryOf}, {agentRefused}] = await Promise.all([
    import('../../../base/processes/ancestry.ts'),
    import('../../../rpc/caller.ts'),
  ])
  const above = await ancestryOf(process.pid)
  if (above !== null && above.sessions.length > 0) throw agentRefused('trust-clone')
}

async function ask(changes: readonly CloneChange[], context: CommandContext): Promise<boolean> {
  context.say(changesText(changes))
  return context.confirm(
    `Accept ${count(changes.length, 'change')}? Clambake then runs these programs and sends its login to this address`,
  )
}

function changesText(changes: readonly CloneChange[]): string {
  const value = (text: string | null) =>
    text === null ? 'not set' : redact(safeText(text)).replaceAll('\n', '\n          ')
  return changes
    .map(({what, before, now}) => `${safeText(what)}\n  before  ${value(before)}\n  now     ${value(now)}`)
    .join('\n')
}
