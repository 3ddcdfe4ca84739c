import {hasSecret} from '../../base/redact.ts'
import {isResource, KNOWN_RESOURCES, parseResource} from './holds/resource.ts'
import type {Peer, Standing} from './instance.ts'
import {bytesOf, EVERYBODY, isOpen, MAX_LIFE_MS, MAX_MAIL_BYTES, type Mail, type MailKind} from './mail.ts'

/** Who sends: a session, or a person, who has no instance. */
export type Sender = {name: string; instance: string | null; project: string | null}

/** A message as its sender wrote it. */
export type Draft = {
  to: string
  kind: MailKind
  text: string
  resource: string | null
  /** How long it is of use; null: for as long as messages live. */
  lifeMs: number | null
  answers: number | null
}

export type Seen = {peer: Peer; standing: Standing}

/** Why a message is not sent, and what to do instead; null: it may be sent. */
export type Refusal = {why: string; next: string}

/** Checks a message before it is stored; `answered` is what it answers, null when there is no such message. */
export function refusalOf(options: {
  draft: Draft
  sender: Sender
  seen: readonly Seen[]
  answered: Mail | null
  now: number
}): Refusal | null {
  const {draft, sender, seen, answered, now} = options
  const bytes = bytesOf(draft.text)
  if (draft.text.trim() === '') return {why: 'it says nothing', next: 'give the text in quotes'}
  if (bytes > MAX_MAIL_BYTES) {
    return {
      why: `it has ${bytes} bytes, and a message has at most ${MAX_MAIL_BYTES}; nothing is ever cut`,
      next: 'send the main point, and put the rest into a file that the text names',
    }
  }
  if (draft.kind === 'blocker' && !draft.resource) {
    return {
      why: 'a blocker names what it holds',
      next: 'add --resource docker, or push:main, or a path such as src/cart/**',
    }
  }
  if (draft.kind !== 'blocker' && draft.resource !== null) {
    return {
      why: `only a blocker holds a resource, not ${article(draft.kind)}`,
      next: 'add --kind blocker, or leave --resource out',
    }
  }
  const problem = draft.resource === null ? null : resourceProblem(draft.resource)
  if (problem !== null) return problem
  if (draft.lifeMs !== null && (draft.lifeMs <= 0 || draft.lifeMs > MAX_LIFE_MS)) {
    return {why: 'a message is kept for a day at most', next: 'give a time between one second and 24h'}
  }
  return addressRefusal(draft, {seen, answered}) ?? answerRefusal(draft, sender, answered, now)
}

/** Why a text names nothing that can be held. */
export function resourceProblem(text: string): Refusal | null {
  if (hasSecret(text)) return {why: 'what it names holds what looks like a secret', next: 'name it without that'}
  const read = parseResource(text)
  if (isResource(read)) return null
  const known = `what can be held: ${KNOWN_RESOURCES.join(', ')}, or a word that commands name`
  const meant = read.nearest === null ? known : `did you mean ${read.nearest}? ${known}`
  return {why: `the resource ${JSON.stringify(text.slice(0, 80))} is not understood: ${read.problem}`, next: meant}
}

/** An answer may also go to the person who wrote, and a done to where the message that it ends went. */
function addressRefusal(
  {to, kind}: Draft,
  {seen, answered}: {seen: readonly Seen[]; answered: Mail | null},
): Refusal | null {
  if (to === EVERYBODY) return null
  if (answered !== null && answered.instance === null && to === answered.from) return null
  if (answered !== null && kind === 'done' && to === answered.to) return null
  const here = seen.filter(({standing}) => standing !== 'gone').map(({peer}) => peer)
  if (here.some(({id, project}) => id === to || project === to)) return null
  const gone = seen.some(({peer}) => peer.id === to)
  return {
    why: gone ? `${to} is gone` : `no session and no project is called ${to}`,
    next: 'clambake who lists the sessions; @all is every one of them',
  }
}

/** A blocker is ended by who sent it or by a person; a request also by those whom it was sent to. */
function answerRefusal({kind, answers}: Draft, sender: Sender, answered: Mail | null, now: number): Refusal | null {
  if (answers === null) return null
  if (answered === null) return {why: `there is no message ${answers}`, next: 'clambake inbox shows the messages'}
  if (kind !== 'done') return null
  if (!isOpen(answered, now)) return {why: `message ${answers} has ended already`, next: 'nothing is to be done'}
  if (sender.instance === null || sender.instance === answered.instance) return null
  if (answered.kind === 'blocker') {
    return {
      why: `the blocker ${answers} is that of ${answered.from}`,
      next: `ask it: clambake send ${answered.instance ?? answered.from} "…"`,
    }
  }
  return null
}

function article(kind: MailKind): string {
  return kind === 'info' ? 'an info' : `a ${kind}`
}
