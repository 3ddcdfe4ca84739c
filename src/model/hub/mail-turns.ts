import {parseAgentId} from '../data/ids.ts'
import {AGENT_ELSEWHERE, DAEMON, isProgram, type Message} from '../data/message.ts'
import type {Mail} from './mail.ts'

/** Who wrote what an agent is to read: a person, Clambake itself, or a peer, which is another session or agent. */
export type Writer = 'person' | 'clambake' | 'peer'

/**
 * How many turns words of peers began for a ticket since a person wrote last. `toldAt`: how many these were when a person was
 * told that their words wait; 0: no one was.
 */
export type MailTurns = {begun: number; toldAt: number}

export const NO_MAIL_TURNS: MailTurns = {begun: 0, toldAt: 0}

/** Words of a review are a person's, whatever name that has on GitHub. */
export function writerOf({from, key}: Pick<Message, 'from' | 'key'>): Writer {
  if (key !== undefined) return 'person'
  if (from === DAEMON) return 'clambake'
  return from === AGENT_ELSEWHERE || isProgram(from) || parseAgentId(from) === from ? 'peer' : 'person'
}

/** The hub takes for a person only who types at a terminal outside of panes; any other program is a session. */
export function writerOfMail({instance}: Pick<Mail, 'instance'>): Writer {
  return instance === null ? 'person' : 'peer'
}

/** Whether an agent is given a turn for what waits. Peers have so many of its turns, a person and Clambake any number. */
export function mayBegin(waiting: readonly Writer[], {begun}: MailTurns, limit: number): boolean {
  return waiting.some(writer => writer !== 'peer' || begun < limit)
}

/** Whether words of peers wait that may begin no turn. */
export function isHeld(waiting: readonly Writer[], turns: MailTurns, limit: number): boolean {
  return waiting.length > 0 && !mayBegin(waiting, turns, limit)
}

/** Whether a person is to be told that words wait: once at each number of turns. A limit of 0 is a person's own wish. */
export function isToBeTold(waiting: readonly Writer[], turns: MailTurns, limit: number): boolean {
  return isHeld(waiting, turns, limit) && turns.begun > turns.toldAt
}

/** The count after a turn that began with these words. */
export function afterTurn(turns: MailTurns, words: readonly Writer[]): MailTurns {
  if (words.includes('person')) return NO_MAIL_TURNS
  const byPeers = words.length > 0 && words.every(writer => writer === 'peer')
  return byPeers ? {...turns, begun: turns.begun + 1} : turns
}
