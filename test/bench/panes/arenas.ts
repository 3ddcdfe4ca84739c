import {resolve} from 'node:path'
import {PANEL_ORDER} from '../../../src/client/panels/panels.ts'
import {bytesOf} from '../../e2e/driver/keys.ts'
import type {OuterTerminal} from '../outer.ts'
import {openStage, type Size} from '../stage.ts'
import {agentName, stateOf} from '../state.ts'
import {hasTmux, openTmux} from '../tmux.ts'

export type Command = readonly [string, ...string[]]

/** Programs side by side in one terminal, the first of which has the keyboard. */
export type Arena = AsyncDisposable & {
  readonly name: string
  readonly terminal: OuterTerminal
  /** The processes that bring the programs to the terminal; not the programs. */
  readonly pids: readonly number[]
}

const SIZE: Size = {cols: 200, rows: 50}
/** Cells of the left column with the queue, which tmux does not have: both give their panes the same room. */
const COLUMN = 60
const ISSUES = 40
/** Agents change what they do now and then, and the chrome shows it. */
const ACTIVITY_MS = 500
const ACTIVITIES = ['Edit', 'Bash', 'Read', 'Grep'] as const

/** The built program on the real terminal host: queue at the left, panes at the right, the first one attached. */
export async function openClambake(commands: readonly [Command, ...Command[]]): Promise<Arena> {
  await using stack = new AsyncDisposableStack()
  const state = stateOf({issues: ISSUES, agents: commands.length})
  const stage = stack.use(await openStage(state))
  for (const [index, command] of commands.entries()) await stage.spawn(agentName(index), command)
  const terminal = stack.use(stage.open(SIZE))
  await terminal.until(lines => lines.some(line => line.includes('#9 Issue')), 'the queue')
  // From the first panel over the others.
  for (const _ of PANEL_ORDER) terminal.write(bytesOf('tab'))
  terminal.write(bytesOf('enter'))
  await terminal.until(lines => /detach/.test(lines.at(-1) ?? ''), 'the first pane to be attached')
  const activity = setInterval(() => {
    const at = Math.floor(performance.now() / ACTIVITY_MS)
    const agents = state.agents.map((row, index) =>
      index === at % state.agents.length ? {...row, activity: ACTIVITIES[at % ACTIVITIES.length]!} : row,
    )
    stage.tell({agents})
  }, ACTIVITY_MS)
  stack.defer(() => clearInterval(activity))
  const disposables = stack.move()
  return {
    name: 'clambake',
    terminal,
    pids: [stage.host.peer.pid, terminal.pid],
    [Symbol.asyncDispose]: () => disposables.disposeAsync(),
  }
}

/** The same programs in tmux, in a terminal as large as our pane area; null where tmux is not installed. */
export async function openPlainTmux(commands: readonly [Command, ...Command[]]): Promise<Arena | null> {
  if (!(await hasTmux())) return null
  const tmux = await openTmux(commands, {cols: SIZE.cols - COLUMN, rows: SIZE.rows - 1})
  return {...tmux, name: 'tmux'}
}

/** The command line of a program in this folder. */
export function programHere(name: string, ...args: readonly string[]): Command {
  return [process.execPath, resolve(import.meta.dirname, name), ...args]
}
