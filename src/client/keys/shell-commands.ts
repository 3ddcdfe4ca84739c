import type {Binding} from '../commands/binding.ts'

/**
 * Every command of the command line, as the palette finds it: the command of the screen that does the same, or, for one
 * that only a shell has, what it does. `test/client/shell-commands.test.ts` compares this list with that of the program.
 */
export const SHELL_COMMANDS: Readonly<Record<string, {screen: string} | {about: string}>> = {
  status: {about: 'print agents, queue, pull requests and what needs you'},
  peek: {about: 'print what would be claimed next, and why'},
  why: {screen: 'row.details'},
  pop: {screen: 'queue.pop-selected'},
  route: {screen: 'queue.route'},
  attach: {screen: 'agent.attach'},
  logs: {about: "print agents' terminals as text"},
  context: {about: 'show, compact or clear context windows'},
  bottle: {about: "finish an agent's ticket by hand"},
  land: {screen: 'train.land'},
  bundle: {about: 'send the train with what lands together'},
  recover: {screen: 'recovery.orphans'},
  cleanup: {about: 'remove worktrees and branches whose work is safe'},
  undo: {screen: 'recovery.undo'},
  sync: {screen: 'sync.changes'},
  claims: {about: 'list who holds which issue on every machine'},
  conflicts: {screen: 'conflicts.matrix'},
  events: {about: 'print or follow events'},
  'agents list': {about: 'print every agent, its state and its ticket'},
  'agents start': {about: 'start an agent on its blocked ticket'},
  'agents stop': {screen: 'agent.stop'},
  'agents answer': {screen: 'agent.answer'},
  'agents attach': {screen: 'agent.attach'},
  'agents send': {screen: 'agent.message'},
  'agents history': {about: "print an agent's events"},
  'agents diagnose': {about: 'find contradictions, with a cure for each'},
  'agents validate': {about: 'check that all records agree'},
  'agents recover': {about: 'cure an agent and its ticket'},
  'agents reset': {screen: 'agent.reset'},
  send: {screen: 'agent.message'},
  inbox: {screen: 'hub.mailbox'},
  read: {about: 'print the unread messages to this session'},
  register: {about: 'register this session with the hub'},
  heartbeat: {about: 'tell the hub that this session lives'},
  deregister: {about: 'leave the hub'},
  reserve: {about: 'keep files for this session'},
  release: {about: 'give back files that this session reserved'},
  log: {about: 'print what sessions did, or note what this one does'},
  remember: {about: 'keep what later sessions should know'},
  recall: {screen: 'hub.memory'},
  'update-memory': {screen: 'hub.memory'},
  who: {screen: 'focus.peers'},
  mcp: {about: 'offer the hub to an MCP client'},
  off: {about: 'silence the hub'},
  on: {about: 'let sessions use the hub again'},
  'daemon start': {about: "start this repository's daemon"},
  'daemon stop': {about: 'stop the daemon; agents keep running'},
  'daemon restart': {about: 'restart the daemon; agents keep running'},
  'daemon reload': {about: 'restart the daemon, which reads all files again'},
  'daemon logs': {about: 'print what the daemon logged'},
  'daemon status': {about: 'say whether the daemon runs'},
  init: {screen: 'app.welcome'},
  doctor: {screen: 'app.welcome'},
  'setup-claude': {about: 'check the Claude client and its permissions'},
  'trust-clone': {about: "accept a change of the clone's git configuration"},
  version: {about: 'print the version of all that runs'},
  completion: {about: 'print a completion script for your shell'},
  demo: {about: 'try it on a sample repository'},
}

/** Commands that only a shell has, as bindings that say so. */
export const ONLY_IN_SHELL: readonly Binding[] = Object.entries(SHELL_COMMANDS).flatMap(([name, meant]) =>
  'about' in meant
    ? [
        {
          command: `clambake ${name}`,
          keys: [],
          help: meant.about,
          group: 'app',
          where: ['panel', 'pane'],
          disabled: () => `in a shell: clambake ${name}`,
          run: () => {},
        } satisfies Binding,
      ]
    : [],
)

/** The names on the command line of what a command of the screen does as well. */
export function shellNamesOf(command: string): string[] {
  return Object.entries(SHELL_COMMANDS).flatMap(([name, meant]) =>
    'screen' in meant && meant.screen === command ? [`clambake ${name}`] : [],
  )
}
