import * as z from 'zod'
import {holdsPrompt} from '../../agents/claude/input-line.ts'
import {type Clock, within} from '../../base/clock.ts'
import {toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import type {AgentId} from '../../model/data/ids.ts'
import type {MailItem} from '../../model/data/pane.ts'
import type {AgentMail, AgentMemory} from '../../model/gateways/hub.ts'
import {givenMemory} from '../../model/hub/given-memory.ts'
import {givenText, itemText} from '../../model/hub/given-text.ts'
import {type ClaimOf, type Reader, receiptName} from '../../model/hub/instance.ts'
import {EVERYBODY, type Mail} from '../../model/hub/mail.ts'
import {writerOfMail} from '../../model/hub/mail-turns.ts'
import {inFlight, type Looked, turnMail, type WaitingMail} from '../../model/hub/turn-mail.ts'
import type {Sessions} from '../world.ts'

/** A prompt waits this long for the hub at most; what it gives later is taken back. */
export const HUB_MS = 2000
/** The newest messages that a look takes in. */
const LOOKED_AT = 500
/** Messages with which a turn began are remembered, so that a hub that was away does not give them again. */
const REMEMBERED = 1000

/** An agent with the ticket that it works on. */
export type AtWork = {agent: AgentId; ticket: number}

/** A prompt that an agent's client reported. */
export type Reported = {agent: AgentId; at: number; prompt: string}

export type HubMail = AgentMail & {
  memory: AgentMemory

  /**
   * The messages that are worth a turn of each agent at work, and those to slots of this daemon and to its tickets for the
   * work on one claim, with which no turn began. Throws `hub-unavailable`.
   */
  look(of: {atWork: readonly AtWork[]; slots: readonly AgentId[]; tickets: readonly number[]}): Promise<{
    turns: ReadonlyMap<number, readonly WaitingMail[]>
    untaken: readonly Mail[]
  }>
  /** Lets messages expire that no agent will read. */
  giveUp(messages: readonly number[]): Promise<void>
  /**
   * Settles what an earlier run of the daemon handed over last: what its agent has got by these prompts began a turn, all
   * else did not reach it.
   */
  restore(agents: readonly AtWork[], prompts: readonly Reported[]): Promise<void>
}

/** Gives agents the mail of the hub. Of each message a turn begins once, as long as the daemon or the hub remembers it. */
export function createHubMail(options: {
  sessions: Sessions
  repository: string
  root: string
  claimOf: ClaimOf
  clock: Clock
  log: Log
}): HubMail {
  const {sessions, repository, root, claimOf, clock, log} = options
  /** Messages with which a turn of a reader began, and whether the hub knows. */
  const known = new Map<string, Map<number, 'noted' | 'to note'>>()

  const nameOf = (agent: AgentId) => sessions.named(`${agent}@${root}`)
  const readerOf = ({agent, ticket}: AtWork): Reader => ({id: nameOf(agent), project: repository, ...claimOf(ticket)})
  const isKnown = (reader: string) => (message: number) => known.get(reader)?.has(message) === true

  function tell(what: string, told: Promise<unknown>): Promise<void> {
    return told.then(
      () => {},
      (error: unknown) => log.warn(`cannot ${what} in the hub`, {error: toErrorData(error)}),
    )
  }

  async function note(reader: string): Promise<void> {
    const own = known.get(reader) ?? new Map()
    const open = [...own].filter(([, state]) => state === 'to note').map(([message]) => message)
    if (open.length === 0) return
    await sessions.begun(reader, open)
    for (const message of open) own.set(message, 'noted')
  }

  function remember(reader: string, messages: readonly number[]): void {
    const own = known.get(reader) ?? new Map<number, 'noted' | 'to note'>()
    known.set(reader, own)
    for (const message of messages) own.set(message, 'to note')
    for (const [oldest, state] of own) {
      if (own.size <= REMEMBERED) break
      if (state === 'noted') own.delete(oldest)
    }
  }

  /** Forgets readers that work no more, once the hub knows what they took. */
  function forget(present: readonly string[]): void {
    for (const [reader, own] of known) {
      if (!present.includes(reader) && [...own.values()].every(state => state === 'noted')) known.delete(reader)
    }
  }

  async function lookAt(names: readonly string[], claims: readonly string[]): Promise<Looked> {
    const to = [EVERYBODY, repository, ...names]
    const mail = await sessions.mail({to, claims, openAt: clock.now(), limit: LOOKED_AT})
    if (mail.length === 0) return {mail, answered: [], receipts: []}
    const answers = mail.flatMap(({answers: answered}) => (answered === null ? [] : [answered]))
    const [answered, receipts] = await Promise.all([
      answers.length === 0 ? [] : sessions.mail({ids: answers, limit: answers.length}),
      sessions.receipts([...mail.map(({id}) => id), ...answers]),
    ])
    return {mail, answered, receipts}
  }

  const claimsOf = (tickets: readonly number[]) => tickets.flatMap(ticket => claimOf(ticket).claim ?? [])

  return {
    async take(agent, ticket) {
      const own = readerOf({agent, ticket})
      const reader = receiptName(own)
      const asked = sessions.handOver(own)
      try {
        const handed = await within(HUB_MS, asked, clock)
        if (handed === null) {
          log.warn('the hub is slow, a prompt goes without its mail', {agent})
          void asked.then(
            ({given}) =>
              tell(
                'take mail back',
                sessions.takeBack(
                  reader,
                  given.map(({id}) => id),
                ),
              ),
            () => {},
          )
          return null
        }
        const fresh = handed.given.filter(({id}) => !isKnown(reader)(id))
        if (fresh.length < handed.given.length) void tell('note mail', note(reader))
        if (fresh.length === 0) return null
        return {
          text: givenText({given: fresh, waiting: handed.waiting}),
          messages: fresh.map(one => ({id: one.id, by: writerOfMail(one)})),
          reader,
        }
      } catch (error) {
        log.warn('cannot read the mail of an agent', {agent, error: toErrorData(error)})
        return null
      }
    },
    async memory({text, labels}) {
      try {
        const found = await within(
          HUB_MS,
          sessions.memory.relevantTo({project: repository, text, files: [], labels}),
          clock,
        )
        if (found === null) log.warn('the hub is slow, a prompt goes without its memories', {})
        return found === null ? null : givenMemory(found) || null
      } catch (error) {
        log.warn('cannot read what earlier sessions keep', {error: toErrorData(error)})
        return null
      }
    },
    begun({reader, messages}) {
      remember(
        reader,
        messages.map(({id}) => id),
      )
      void tell('note mail', note(reader))
    },
    takeBack: ({reader, messages}) =>
      tell(
        'take mail back',
        sessions.takeBack(
          reader,
          messages.map(({id}) => id),
        ),
      ),
    async look({atWork, slots, tickets}) {
      for (const reader of known.keys()) await note(reader)
      forget(atWork.map(one => receiptName(readerOf(one))))
      const looked = await lookAt(slots.map(nameOf), claimsOf(tickets))
      const now = clock.now()
      const turnsOf = (reader: Reader) => turnMail(looked, reader, now, isKnown(receiptName(reader)))
      return {
        turns: new Map(atWork.map(one => [one.ticket, turnsOf(readerOf(one))])),
        untaken: looked.mail.filter(({id, claim}) => {
          const taken = looked.receipts.some(one => one.message === id && (one.begunAt ?? one.readAt) !== null)
          return claim !== undefined && !taken && !isKnown(claim)(id)
        }),
      }
    },
    giveUp: messages => sessions.giveUp(messages),
    async restore(agents, prompts) {
      const settle = async () => {
        const looked = await lookAt(
          agents.map(({agent}) => nameOf(agent)),
          claimsOf(agents.map(({ticket}) => ticket)),
        )
        for (const {agent, ticket} of agents) {
          const own = readerOf({agent, ticket})
          const id = receiptName(own)
          const isBegun = (text: string, at: number | null) =>
            prompts.some(one => one.agent === agent && one.at >= (at ?? 0) && holdsPrompt(one.prompt, text))
          const handed = inFlight(looked, own).map(mail => {
            const receipt = looked.receipts.find(({message, instance}) => message === mail.id && instance === id)
            return {id: mail.id, begun: isBegun(itemText(mail), receipt?.handedAt ?? null)}
          })
          remember(
            id,
            handed.filter(({begun}) => begun).map(one => one.id),
          )
          await note(id)
          await sessions.takeBack(
            id,
            handed.filter(({begun}) => !begun).map(one => one.id),
          )
        }
      }
      await tell('settle mail', settle())
    },
  }
}

const submitted = z.object({prompt: z.string()})

/** The prompts that agents' clients reported in these posts. */
export function reportedPrompts(mail: readonly MailItem[], agentOf: (pane: string) => AgentId | undefined): Reported[] {
  return mail.flatMap(({kind, pane, at, body}) => {
    const agent = kind === 'UserPromptSubmit' ? agentOf(pane) : undefined
    const {data} = submitted.safeParse(body)
    return agent === undefined || data === undefined ? [] : [{agent, at, prompt: data.prompt}]
  })
}

/** No mail, for a run that opens no hub. */
export const NO_MAIL: HubMail = {
  memory: async () => null,
  take: async () => null,
  begun() {},
  takeBack: async () => {},
  look: async () => ({turns: new Map(), untaken: []}),
  giveUp: async () => {},
  restore: async () => {},
}
