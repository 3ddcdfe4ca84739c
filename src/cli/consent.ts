import {ClambakeError} from '../base/errors.ts'
import {safeLine} from '../base/text.ts'
import type {CommandContext} from './context.ts'

/**
 * What each command may do. `reads`: it changes nothing. `acts`: it does what its line names, no more. `asks`: it removes,
 * stops, overwrites or rewrites what its line does not name one by one, so it says first what that is and asks; without a
 * terminal it does nothing but with `--yes`. A test holds that every command has a row and every one that asks does ask.
 */
export const DEEDS: Readonly<Record<string, 'reads' | 'acts' | 'asks'>> = {
  status: 'reads',
  peek: 'reads',
  why: 'reads',
  pop: 'acts',
  route: 'acts',
  attach: 'acts',
  logs: 'reads',
  context: 'asks',
  bottle: 'acts',
  land: 'acts',
  bundle: 'acts',
  recover: 'asks',
  cleanup: 'asks',
  undo: 'asks',
  sync: 'asks',
  claims: 'reads',
  conflicts: 'reads',
  events: 'reads',
  'agents list': 'reads',
  'agents start': 'acts',
  'agents stop': 'asks',
  'agents answer': 'acts',
  'agents attach': 'acts',
  'agents send': 'acts',
  'agents history': 'reads',
  'agents diagnose': 'acts',
  'agents validate': 'reads',
  'agents recover': 'asks',
  'agents reset': 'asks',
  send: 'acts',
  inbox: 'reads',
  who: 'reads',
  read: 'acts',
  reserve: 'acts',
  release: 'acts',
  register: 'acts',
  heartbeat: 'acts',
  deregister: 'acts',
  log: 'acts',
  on: 'acts',
  off: 'acts',
  remember: 'acts',
  recall: 'acts',
  'update-memory': 'acts',
  mcp: 'acts',
  'daemon start': 'acts',
  'daemon stop': 'acts',
  'daemon restart': 'acts',
  'daemon reload': 'acts',
  'daemon status': 'reads',
  'daemon logs': 'reads',
  init: 'asks',
  doctor: 'reads',
  'setup-claude': 'asks',
  'trust-clone': 'asks',
  completion: 'reads',
  version: 'reads',
  demo: 'acts',
}

export const YES_OPTION = {flags: '--yes', description: 'do not ask'} as const

/**
 * Says what will be done and asks for it, unless `yes` is given. Throws `not-confirmed` after a no, and without a terminal;
 * `again` is the command line, without `--yes`.
 */
export async function consent(
  context: Pick<CommandContext, 'say' | 'confirm'>,
  {yes, plan, question, refused, again}: {yes: boolean; plan: string; question: string; refused: string; again: string},
): Promise<void> {
  if (yes) return
  context.say(plan)
  if (await context.confirm(question)) return
  throw new ClambakeError({
    code: 'not-confirmed',
    message: safeLine(`${refused} without a yes`),
    kept: 'everything as it is',
    next: `clambake ${again} --yes does not ask`,
  })
}
