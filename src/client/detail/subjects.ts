import type {DaemonLink} from '../connection/links.ts'
import type {ClientState} from '../state/state.ts'
import type {Detail, Subject} from '../state/subject.ts'
import type {Line} from '../text/line.ts'
import {AGENT} from './agent.ts'
import {CONFLICT} from './conflict.ts'
import {EVENT} from './event.ts'
import {ISSUE} from './issue.ts'
import {PEER} from './peer.ts'
import {PULL} from './pull.ts'
import type {SubjectSpec} from './subject-spec.ts'

/** Every kind of subject. */
const SUBJECTS: {readonly [K in Subject['kind']]: SubjectSpec<K>} = {
  issue: ISSUE,
  pull: PULL,
  agent: AGENT,
  conflict: CONFLICT,
  event: EVENT,
  peer: PEER,
}

function specOf(kind: Subject['kind']): SubjectSpec<Subject['kind']> {
  return SUBJECTS[kind] as unknown as SubjectSpec<Subject['kind']>
}

/** The title of a subject's details. */
export function subjectTitle(subject: Subject): string {
  return specOf(subject.kind).title(subject)
}

/** The ticket that a subject is or belongs to. */
export function ticketOf(state: ClientState, subject: Subject | undefined): number | undefined {
  return subject && specOf(subject.kind).ticketOf(state, subject)
}

/** What is copied of a subject: an agent's or a conflict's branch, an event's sentence; undefined: its address is. */
export function branchOrText(state: ClientState, subject: Subject): string | undefined {
  return specOf(subject.kind).copied?.(state, subject)
}

/** Asks the daemon for what a subject's details show. */
export async function fetchDetail(daemon: DaemonLink, state: ClientState, subject: Subject): Promise<Detail> {
  return specOf(subject.kind).fetch(daemon, state, subject)
}

/** A subject's details as lines of at most `width` columns. */
export function detailLines(detail: Detail, width: number): Line[] {
  return specOf(detail.kind).lines(detail, width)
}
