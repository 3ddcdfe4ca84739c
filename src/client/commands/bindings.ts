import type {Chord} from '../keys/chords.ts'

/**
 * Where a key is pressed: in a list, on a pane (its keys are commands), in a pane's program, in a dialog (in those that
 * have keys of their own: a detail view, a diff, the lists of orphans and of changes by hand, an answer, the welcome), or
 * while text is typed.
 */
export type KeyContext =
  | 'panel'
  | 'pane'
  | 'attached'
  | 'dialog'
  | 'detail'
  | 'diff'
  | 'recover'
  | 'changes'
  | 'answer'
  | 'welcome'
  | 'text'

export type Binding = {
  command: string
  /** The line in the help, an imperative. */
  title: string
  keys: readonly Chord[]
  contexts: readonly KeyContext[]
  /** One word in the footer; without it the key is only in the help. */
  short?: string
  /** Heading in the help. */
  group: 'work' | 'row' | 'move' | 'pane' | 'dialog' | 'app'
}

const ANYWHERE = ['panel', 'pane'] as const
const DIALOGS = ['dialog', 'detail', 'diff', 'recover', 'changes', 'answer', 'welcome'] as const

/** All commands with their default keys; footer, help and palette are made from it. Footer order is this order. */
export const BINDINGS = [
  {
    command: 'queue.pop',
    title: 'claim the next ready issue and start an agent on it',
    keys: ['p'],
    contexts: ANYWHERE,
    short: 'pop',
    group: 'work',
  },
  {
    command: 'queue.pop-selected',
    title: 'claim or retry the selected issue, or all marked ones',
    keys: ['P'],
    contexts: ['panel'],
    group: 'work',
  },
  {
    command: 'queue.route',
    title: 'claim issues for all free agents',
    keys: ['r'],
    contexts: ANYWHERE,
    short: 'route',
    group: 'work',
  },
  {
    command: 'train.land',
    title: 'land finished work now, or only what is marked; asks first',
    keys: ['L'],
    contexts: ANYWHERE,
    short: 'land',
    group: 'work',
  },
  {
    command: 'recovery.orphans',
    title: 'recover branches, worktrees and claims that nobody owns',
    keys: ['X'],
    contexts: ANYWHERE,
    short: 'recover',
    group: 'work',
  },
  {
    command: 'sync.changes',
    title: 'see what was changed by hand on GitHub, and obey it or put it back',
    keys: ['S'],
    contexts: ANYWHERE,
    group: 'work',
  },
  {
    command: 'row.open',
    title: "open the selected row: its agent's terminal, or else its details",
    keys: ['enter'],
    contexts: ['panel'],
    short: 'open',
    group: 'row',
  },
  {
    command: 'agent.attach',
    title: "type into the agent's terminal",
    keys: ['enter'],
    contexts: ['pane', 'detail'],
    short: 'attach',
    group: 'pane',
  },
  {
    command: 'agent.detach',
    title: 'take the keyboard back; twice sends the key',
    keys: ['ctrl+]'],
    contexts: ['attached'],
    short: 'detach',
    group: 'pane',
  },
  {
    command: 'agent.peek',
    title: "see the end of the agent's terminal, answer in one line",
    keys: ['space'],
    contexts: ANYWHERE,
    short: 'peek',
    group: 'pane',
  },
  {
    command: 'app.next-attention',
    title: 'go to the next agent or issue that needs you, in any repository',
    keys: ['!'],
    contexts: ANYWHERE,
    short: 'next',
    group: 'move',
  },
  {
    command: 'app.attention',
    title: 'list all that needs you, in all repositories; enter goes there',
    keys: ['A'],
    contexts: ANYWHERE,
    group: 'move',
  },
  {command: 'repository.next', title: 'go to the next repository', keys: [']'], contexts: ANYWHERE, group: 'move'},
  {
    command: 'repository.previous',
    title: 'go to the repository before',
    keys: ['['],
    contexts: ANYWHERE,
    group: 'move',
  },
  {
    command: 'agent.answer',
    title: 'answer what the agent asks: shows it whole, then allow, always or deny',
    keys: ['a'],
    contexts: [...ANYWHERE, 'detail'],
    short: 'answer',
    group: 'pane',
  },
  {
    command: 'row.diff',
    title: 'show what the branch changes',
    keys: ['d'],
    contexts: [...ANYWHERE, 'detail'],
    short: 'diff',
    group: 'row',
  },
  {
    command: 'agent.message',
    title: 'say something to the agent; it reads it at the end of its turn',
    keys: ['n'],
    contexts: [...ANYWHERE, 'detail'],
    short: 'message',
    group: 'pane',
  },
  {
    command: 'agent.stop',
    title: 'stop the agent; its work is saved first',
    keys: ['D'],
    contexts: ANYWHERE,
    short: 'stop',
    group: 'pane',
  },
  {
    command: 'app.zoom',
    title: 'zoom the focused place, or back',
    keys: ['z'],
    contexts: ANYWHERE,
    short: 'zoom',
    group: 'pane',
  },
  {
    command: 'row.details',
    title: 'show all there is to know about the row or the agent',
    keys: ['i'],
    contexts: ANYWHERE,
    short: 'details',
    group: 'row',
  },
  {
    command: 'row.browse',
    title: 'open it on GitHub',
    keys: ['o'],
    contexts: [...ANYWHERE, 'detail'],
    short: 'browser',
    group: 'row',
  },
  {
    command: 'row.copy',
    title: 'copy its address, branch or text',
    keys: ['y'],
    contexts: [...ANYWHERE, 'detail'],
    short: 'copy',
    group: 'row',
  },
  {
    command: 'list.filter',
    title: 'filter the list by words',
    keys: ['/'],
    contexts: ['panel'],
    short: 'filter',
    group: 'row',
  },
  {command: 'list.sort', title: "the list's next order", keys: ['s'], contexts: ['panel'], short: 'sort', group: 'row'},
  {
    command: 'list.mark',
    title: 'mark the row, or not; commands mean all that is marked',
    keys: ['v'],
    contexts: ['panel'],
    short: 'mark',
    group: 'row',
  },
  {command: 'focus.next', title: 'go to the next place', keys: ['tab'], contexts: ANYWHERE, group: 'move'},
  {command: 'focus.previous', title: 'go to the place before', keys: ['shift+tab'], contexts: ANYWHERE, group: 'move'},
  {command: 'focus.issues', title: 'go to Issues', keys: ['1'], contexts: ANYWHERE, group: 'move'},
  {command: 'focus.pulls', title: 'go to Pull requests', keys: ['2'], contexts: ANYWHERE, group: 'move'},
  {command: 'focus.conflicts', title: 'go to Conflicts', keys: ['3'], contexts: ANYWHERE, group: 'move'},
  {command: 'focus.events', title: 'go to Events', keys: ['4'], contexts: ANYWHERE, group: 'move'},
  {
    command: 'move.down',
    title: 'one row down, or towards the live end of a pane',
    keys: ['j', 'down'],
    contexts: [...ANYWHERE, ...DIALOGS],
    group: 'move',
  },
  {
    command: 'move.up',
    title: 'one row up, or back in a pane',
    keys: ['k', 'up'],
    contexts: [...ANYWHERE, ...DIALOGS],
    group: 'move',
  },
  {
    command: 'move.half-down',
    title: 'half a page down',
    keys: ['ctrl+d', 'pagedown'],
    contexts: [...ANYWHERE, ...DIALOGS],
    group: 'move',
  },
  {
    command: 'move.half-up',
    title: 'half a page up',
    keys: ['ctrl+u', 'pageup'],
    contexts: [...ANYWHERE, ...DIALOGS],
    group: 'move',
  },
  {
    command: 'move.first',
    title: 'to the first row, or the oldest line of a pane',
    keys: ['g', 'home'],
    contexts: [...ANYWHERE, ...DIALOGS],
    group: 'move',
  },
  {
    command: 'move.last',
    title: 'to the last row, or the live end of a pane',
    keys: ['G', 'end'],
    contexts: [...ANYWHERE, ...DIALOGS],
    group: 'move',
  },
  {command: 'app.refresh', title: 'look at GitHub now', keys: ['R'], contexts: ANYWHERE, group: 'app'},
  {
    command: 'app.palette',
    title: 'find a command by its words',
    keys: [':'],
    contexts: ANYWHERE,
    short: 'command',
    group: 'app',
  },
  {
    command: 'app.back',
    title: 'go back: message, scrolled pane, filter, marks, zoom, pane',
    keys: ['escape'],
    contexts: ANYWHERE,
    group: 'move',
  },
  {
    command: 'app.help',
    title: 'show all keys',
    keys: ['?'],
    contexts: [...ANYWHERE, ...DIALOGS],
    short: 'help',
    group: 'app',
  },
  {command: 'layout.narrower', title: 'make the lists narrower', keys: ['<'], contexts: ANYWHERE, group: 'app'},
  {command: 'layout.wider', title: 'make the lists wider', keys: ['>'], contexts: ANYWHERE, group: 'app'},
  {
    command: 'layout.abreast',
    title: 'one more agent side by side; after the last, as many as fit',
    keys: ['|'],
    contexts: ANYWHERE,
    group: 'app',
  },
  {
    command: 'app.welcome',
    title: 'show what this repository still needs',
    keys: ['W'],
    contexts: ANYWHERE,
    group: 'app',
  },
  {
    command: 'app.init',
    title: 'run clambake init in this terminal; the screen comes back',
    keys: ['i'],
    contexts: ['welcome'],
    short: 'init',
    group: 'app',
  },
  {
    command: 'app.doctor',
    title: 'run clambake doctor in this terminal; the screen comes back',
    keys: ['d'],
    contexts: ['welcome'],
    short: 'doctor',
    group: 'app',
  },
  {
    command: 'app.quit',
    title: 'leave the screen; agents run on',
    keys: ['q', 'ctrl+c'],
    contexts: ANYWHERE,
    short: 'quit',
    group: 'app',
  },
  {
    command: 'dialog.confirm',
    title: 'do what the dialog says',
    keys: ['enter'],
    contexts: ['dialog', 'recover', 'answer', 'welcome', 'text'],
    group: 'dialog',
  },
  {
    command: 'dialog.cancel',
    title: 'close the dialog and do nothing',
    keys: ['escape', 'ctrl+c'],
    contexts: [...DIALOGS, 'text'],
    group: 'dialog',
  },
  {command: 'dialog.close', title: 'close the dialog', keys: ['q'], contexts: DIALOGS, group: 'dialog'},
  {command: 'diff.next-file', title: 'next file of the diff', keys: ['n'], contexts: ['diff'], group: 'dialog'},
  {command: 'diff.previous-file', title: 'file of the diff before', keys: ['p'], contexts: ['diff'], group: 'dialog'},
  {
    command: 'recover.resume',
    title: 'an agent takes the orphan up again',
    keys: ['r'],
    contexts: ['recover'],
    group: 'dialog',
  },
  {
    command: 'recover.open-pull',
    title: 'open a pull request of the orphan for a person',
    keys: ['p'],
    contexts: ['recover'],
    group: 'dialog',
  },
  {
    command: 'recover.leave',
    title: 'leave the orphan as it is and do not propose it again',
    keys: ['l'],
    contexts: ['recover'],
    group: 'dialog',
  },
  {
    command: 'change.obey',
    title: 'take what GitHub shows: the ticket is stopped, given up or tried again',
    keys: ['o'],
    contexts: ['changes'],
    group: 'dialog',
  },
  {
    command: 'change.put-back',
    title: 'put back what was changed by hand',
    keys: ['b'],
    contexts: ['changes'],
    group: 'dialog',
  },
  {
    command: 'answer.allow',
    title: 'allow what the agent asks, this once',
    keys: ['y'],
    contexts: ['answer'],
    group: 'dialog',
  },
  {
    command: 'answer.always',
    title: 'allow it from now on for this ticket, as the dialog says',
    keys: ['Y'],
    contexts: ['answer'],
    group: 'dialog',
  },
  {
    command: 'answer.deny',
    title: 'deny it, with a word to the agent',
    keys: ['N'],
    contexts: ['answer'],
    group: 'dialog',
  },
  {
    command: 'answer.choose',
    title: "choose an option of the agent's question",
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    contexts: ['answer'],
    group: 'dialog',
  },
  {command: 'text.down', title: 'next found command', keys: ['down'], contexts: ['text'], group: 'dialog'},
  {command: 'text.up', title: 'found command before', keys: ['up'], contexts: ['text'], group: 'dialog'},
  {command: 'text.erase', title: 'erase a character', keys: ['backspace'], contexts: ['text'], group: 'dialog'},
  {command: 'text.clear', title: 'erase the line', keys: ['ctrl+u'], contexts: ['text'], group: 'dialog'},
] as const satisfies readonly Binding[]

export type CommandId = (typeof BINDINGS)[number]['command']
