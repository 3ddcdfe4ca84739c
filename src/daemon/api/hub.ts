import {ClambakeError} from '../../base/errors.ts'
import {safeLine} from '../../base/text.ts'
import {ticketOfClaim} from '../../model/hub/instance.ts'
import {EVERYBODY, isOpen, type Mail, NO_PROGRESS} from '../../model/hub/mail.ts'
import type {MailRow} from '../../protocol/daemon.ts'
import {isBy, unreadOf} from '../loops/hub-state.ts'
import type {Sessions} from '../world.ts'
import type {ApiParts, Handlers} from './parts.ts'

/** The methods by which a person takes part in what sessions do with each other. */
export function hubApi({
  sessions,
  caller,
  repository,
  clock,
}: ApiParts): Handlers<'mailbox' | 'post' | 'readMail' | 'recall' | 'memoryStatus'> {
  const toPerson = [EVERYBODY, repository, caller]

  async function rowsOf(hub: Sessions, mail: readonly Mail[]): Promise<MailRow[]> {
    const [progress, receipts] = await Promise.all([hub.progress(mail), hub.receipts(mail.map(({id}) => id))])
    const now = clock.now()
    const inbox = mail.filter(one => toPerson.includes(one.to) && isOpen(one, now))
    const unread = new Set(unreadOf(inbox, receipts, caller).map(({id}) => id))
    return mail.map(one => ({
      ...one,
      progress: progress.get(one.id) ?? NO_PROGRESS,
      mine: isBy(one, caller),
      unread: unread.has(one.id),
    }))
  }

  return {
    recall: async params => (await hubOf(sessions).memory.recall({...params, project: repository})).memories,
    memoryStatus: ({ref, status}) => hubOf(sessions).memory.update(ref, {status}, caller),
    async mailbox({limit, peer}) {
      const hub = hubOf(sessions)
      if (peer === undefined) return rowsOf(hub, await hub.mail({limit}))
      const [to, from] = await Promise.all([hub.mail({to: [peer], limit}), hub.mail({instance: peer, limit})])
      const all = new Map([...to, ...from].map(mail => [mail.id, mail]))
      return rowsOf(hub, [...all.values()].toSorted((one, other) => other.id - one.id).slice(0, limit))
    },
    async post({to, kind, text, resource, lifeMs, answers, claim}) {
      const hub = hubOf(sessions)
      if (claim !== undefined) await refuseOther(hub, to, claim)
      return hub.send(
        {name: caller, instance: null, project: repository},
        {to, kind, text, resource: resource ?? null, lifeMs: lifeMs ?? null, answers: answers ?? null},
      )
    },
    async readMail({ids}) {
      await hubOf(sessions).read(caller, ids)
      return null
    },
  }
}

/** Throws `mail-refused` when an agent no longer works on the claim that a message is for. */
async function refuseOther(hub: Sessions, to: string, claim: string): Promise<void> {
  const now = (await hub.seen()).find(({peer, standing}) => peer.id === to && standing !== 'gone')?.peer
  if (now?.claim === claim) return
  const [name, meant] = [safeLine(to), `#${ticketOfClaim(claim) ?? '?'}`]
  throw new ClambakeError({
    code: 'mail-refused',
    message: now
      ? `${name} works on ${safeLine(now.task) || 'something else'} by now, and no longer on ${meant}`
      : `${name} no longer works on ${meant}`,
    kept: 'the message was not sent',
    next: 'write to its project, or to the session again from the list of sessions',
  })
}

function hubOf(sessions: Sessions | null): Sessions {
  if (sessions !== null) return sessions
  throw new ClambakeError({
    code: 'read-only',
    message: 'a read-only run opens no hub, as opening it may write',
    kept: 'nothing was changed',
    next: 'start it again without --read-only',
  })
}
