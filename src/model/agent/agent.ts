import {assign, type StateValueFrom, setup} from 'xstate'
import type {AgentId, PaneId} from '../data/ids.ts'
import {type MachineState, stepper} from '../machine.ts'

type AgentContext = {
  agent: AgentId
  ticket: number | null
  pane: PaneId | null
  /** One or two words for a narrow column: the tool, `asks`, `starting`. */
  activity: string
  /** What of, on one line: a tool's argument, or what it asks for; may be empty. */
  doing: string
  /**
   * What it waits for: an answer to what its client shows, the same before its client takes its first prompt (`start`);
   * a prompt, because its turn failed or was interrupted; or the end of a usage limit, after which it continues by itself.
   */
  waitsFor: 'answer' | 'start' | 'prompt' | 'limit' | null
  /** Epoch milliseconds of the last change of state. */
  since: number
}

export type AgentEvent =
  | {type: 'assign'; at: number; ticket: number}
  | {type: 'started'; at: number; pane: PaneId}
  | {type: 'busy'; at: number; activity: string; detail?: string}
  | {type: 'asks'; at: number; activity: string; detail?: string}
  /** Its client is up and does not take prompts yet. */
  | {type: 'notReady'; at: number; activity: string}
  /** It is to read messages, and somebody uses its input line. */
  | {type: 'lineTaken'; at: number; activity: string}
  | {type: 'turnDone'; at: number}
  /** The client gave up (a limit, an error of its service) and waits to be prompted again. */
  | {type: 'turnFailed'; at: number; activity: string}
  | {type: 'limited'; at: number; activity: string}
  /** It was taken to be busy, and nothing has moved in its terminal and its transcript for long. */
  | {type: 'silent'; at: number; activity: string}
  /** The ticket needs the slot no longer; its process is being ended. */
  | {type: 'release'; at: number}
  /** No process is left. */
  | {type: 'freed'; at: number}

const WAITS_FOR: {readonly [type in AgentEvent['type']]?: AgentContext['waitsFor']} = {
  turnFailed: 'prompt',
  silent: 'prompt',
  lineTaken: 'prompt',
  limited: 'limit',
  notReady: 'start',
}

const machine = setup({
  types: {context: {} as AgentContext, events: {} as AgentEvent},
  actions: {
    stamp: assign({since: ({event}) => event.at}),
    activity: assign({
      activity: ({context, event}) => ('activity' in event ? event.activity : context.activity),
      doing: ({event}) => ('detail' in event ? (event.detail ?? '') : ''),
    }),
    // The client reminds of what it asks for in fewer words.
    stillAsks: assign({
      activity: ({context, event}) => ('activity' in event ? event.activity : context.activity),
      doing: ({context, event}) => ('detail' in event && event.detail ? event.detail : context.doing),
    }),
    waits: assign({waitsFor: ({event}) => WAITS_FOR[event.type] ?? 'answer'}),
    stopWaiting: assign({waitsFor: null}),
    clear: assign({ticket: null, pane: null, activity: '', doing: '', waitsFor: null}),
  },
}).createMachine({
  context: {} as AgentContext,
  initial: 'available',
  states: {
    available: {
      on: {
        assign: {
          target: 'assigned',
          actions: ['stamp', assign({ticket: ({event}) => event.ticket, activity: 'claiming'})],
        },
      },
    },
    assigned: {
      on: {
        started: {
          target: 'working',
          actions: ['stamp', assign({pane: ({event}) => event.pane, activity: 'starting', doing: ''})],
        },
        release: {target: 'cleanup', actions: ['stamp']},
        freed: {target: 'available', actions: ['stamp', 'clear']},
      },
    },
    working: {
      on: {
        busy: {actions: ['activity']},
        asks: {target: 'waiting', actions: ['stamp', 'activity', 'waits']},
        notReady: {target: 'waiting', actions: ['stamp', 'activity', 'waits']},
        lineTaken: {target: 'waiting', actions: ['stamp', 'activity', 'waits']},
        turnFailed: {target: 'waiting', actions: ['stamp', 'activity', 'waits']},
        limited: {target: 'waiting', actions: ['stamp', 'activity', 'waits']},
        silent: {target: 'waiting', actions: ['stamp', 'activity', 'waits']},
        turnDone: {actions: [assign({activity: 'checking', doing: ''})]},
        // A repair or a restart gives the same slot a new process.
        started: {actions: ['stamp', assign({pane: ({event}) => event.pane, activity: 'starting', doing: ''})]},
        release: {target: 'cleanup', actions: ['stamp', assign({activity: 'stopping', doing: ''})]},
        freed: {target: 'available', actions: ['stamp', 'clear']},
      },
    },
    waiting: {
      on: {
        busy: {target: 'working', actions: ['stamp', 'activity', 'stopWaiting']},
        asks: {actions: ['stillAsks', 'waits']},
        turnFailed: {actions: ['activity', 'waits']},
        limited: {actions: ['activity', 'waits']},
        silent: {actions: ['activity', 'waits']},
        turnDone: {target: 'working', actions: ['stamp', 'stopWaiting', assign({activity: 'checking', doing: ''})]},
        release: {target: 'cleanup', actions: ['stamp', 'stopWaiting', assign({activity: 'stopping', doing: ''})]},
        freed: {target: 'available', actions: ['stamp', 'clear']},
      },
    },
    cleanup: {
      on: {freed: {target: 'available', actions: ['stamp', 'clear']}},
    },
  },
})

/** The machine's states; `states.ts` has one row for each. */
export type AgentValue = StateValueFrom<typeof machine> & string
export type AgentState = MachineState<AgentValue, AgentContext>

/** Moves one agent slot. Unknown events leave it as it is. */
export const stepAgent = stepper<typeof machine, AgentContext, never>(machine)

/** A free slot. */
export function newAgent(agent: AgentId, at: number): AgentState {
  return {
    value: 'available',
    context: {agent, ticket: null, pane: null, activity: '', doing: '', waitsFor: null, since: at},
  }
}
