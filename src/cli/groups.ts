/** What the help of a group of commands says, beside its commands. `bare`: the command that its name alone runs. */
type Group = {summary: string; examples: readonly [line: string, what: string][]; bare?: string}

export const GROUPS: Readonly<Record<string, Group>> = {
  agents: {
    summary: 'show, start, stop, answer and repair agents; alone: agents list',
    bare: 'list',
    examples: [
      ['clambake agents', 'show every agent, its state and its ticket'],
      ['clambake agents answer agent001', 'show what it asks'],
      ['clambake agents stop --all', 'stop all of them; their work is saved first'],
      ['clambake agents diagnose', 'find contradictions, with a cure for each'],
    ],
  },
  daemon: {
    summary: "start, stop, restart or inspect this repository's daemon",
    examples: [
      ['clambake daemon start', 'supervise without a screen'],
      ['clambake daemon stop', 'agents keep running; the next clambake starts it again'],
    ],
  },
}

/** Names the command that a group's name alone means: `agents --json` is `agents list --json`. */
export function withBareGroup(args: readonly string[]): readonly string[] {
  const [first = '', ...rest] = args
  const bare = Object.hasOwn(GROUPS, first) ? GROUPS[first]?.bare : undefined
  const isHelp = rest.some(word => word === '--help' || word === '-h')
  return bare === undefined || isHelp || rest.some(word => !word.startsWith('-')) ? args : [first, bare, ...rest]
}
