import * as z from 'zod'
import {isReminder} from '../../agents/claude/requests.ts'
import {createRunningTools} from '../../agents/claude/running-tools.ts'
import {reportOf} from '../../agents/claude/signals.ts'
import {endOf} from '../../agents/last-words.ts'
import type {Clock} from '../../base/clock.ts'
import {toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import {safeLine} from '../../base/text.ts'
import type {Fact} from '../../model/core/facts.ts'
import type {NewEvent} from '../../model/data/event.ts'
import type {AgentId, PaneId} from '../../model/data/ids.ts'
import {SAY} from '../../model/data/message.ts'
import {ATTENTION, MAIL_ALTERED, MAIL_DROPPED, type MailItem, type PaneInfo} from '../../model/data/pane.ts'
import type {HostGateway} from '../../model/gateways/host.ts'
import type {Engine} from '../engine.ts'
import type {BeforeEdit} from './before-edit.ts'
import {enteredStateAt} from './entered-state.ts'
import type {HubTools} from './hub-tools.ts'
import {startIdleCheck} from './idle-check.ts'
import {answerTo, type Messages} from './messages.ts'
import {createPaneBook, type PaneBook} from './pane-book.ts'
import type {PermissionRequests} from './permission-requests.ts'
import {startProcessCheck} from './process-check.ts'
import {watchQuietAgents} from './quiet-agents.ts'
import {createRecentSignals, type RecentSignals} from './recent-signals.ts'
import type {SessionLog} from './session-log.ts'
import {wasTaken} from './taken-words.ts'
import type {UsageTracker} from './usage.ts'

type RestoredTickets = Extract<Fact, {type: 'restored'}>['tickets']

/** What the host reports about the agents: their panes, and the mail posted to those. */
export type AgentReports = Disposable & {
  panes: PaneBook
  /** The last signals of a pane's agent, newest first. */
  recentSignals: RecentSignals['of']
  /** The mail from before this run of the daemon; nothing is decided on it before `replay`. */
  missed(): Promise<readonly MailItem[]>
  /** Applies that mail to the restored tickets, and answers the posts that still wait. */
  replay(mail: readonly MailItem[], tickets: RestoredTickets): void
  /** Takes the mail that came since `missed`, and from now on all mail as it comes. */
  listen(): Promise<void>
}

/** Reads what agents posted before this run of the daemon, and takes what they post from then on. */
export async function openAgentReports(parts: {
  host: HostGateway
  engine: Engine
  usage: UsageTracker
  requests: PermissionRequests
  beforeEdit: BeforeEdit
  hubTools: HubTools
  sessionLog: Pick<SessionLog, 'takeMail'>
  messages: Messages
  append: (event: NewEvent) => void
  clock: Clock
  log: Log
}): Promise<AgentReports> {
  const {host, engine, usage, requests, beforeEdit, hubTools, sessionLog, messages, append, clock, log} = parts
  const {state, dispatch} = engine
  const recentSignals = createRecentSignals()
  const tools = createRunningTools()
  const panes = await createPaneBook({host, log, keepers: () => [idleCheck, recentSignals, usage, tools]})
  using cleanup = new DisposableStack()
  const idleCheck = cleanup.use(
    startIdleCheck({
      host,
      state,
      signals: pane => panes.get(pane)?.meta.state === 'signals',
      clock,
      log,
      dispatch,
      onSeen(pane) {
        tools.forget(pane)
        requests.answeredThere(pane)
      },
    }),
  )
  const quietAgents = cleanup.use(watchQuietAgents({host, state, pane: id => panes.get(id), clock, log, dispatch}))
  cleanup.use(startProcessCheck({host, state, ended: reportEnd, clock, log}))
  let lastMail = 0

  /** Runs a reader on each post; one that cannot be read is set aside, and the others are read. */
  function each(mail: readonly MailItem[], read: (item: MailItem) => void): void {
    for (const item of mail) {
      try {
        read(item)
      } catch (error) {
        const agent = agentOf(panes.get(item.pane))
        log.error('a post could not be read', {agent, kind: item.kind, seq: item.seq, error})
        append({
          type: 'status_update',
          ...(agent && {agent}),
          severity: 'warning',
          message: `a post of ${agent ?? item.pane} (${item.kind}) could not be read and was set aside; the others were read`,
        })
      }
    }
  }

  function takeMail(item: MailItem): void {
    // First, as its agent waits.
    if (beforeEdit.take(item)) return
    if (hubTools.take(item, panes.get(item.pane))) return idleCheck.take(item)
    usage.take(item, panes.get(item.pane))
    const agent = agentOf(panes.get(item.pane))
    if (agent) sessionLog.takeMail(item, agent)
    idleCheck.take(item)
    recentSignals.take(item)
    const called = quietAgents.take(item)
    if (agent && called) append({type: 'status_update', agent, message: `${agent} says: ${called}`})
    if (agent && item.kind === SAY) void sendFrom(agent, item)
    const told = hostSays(item)
    if (agent && told) append({type: 'status_update', agent, severity: 'warning', message: `${agent}: ${told}`})
    const report = tools.take(item)
    if (agent && requests.take(item)) return
    if (report && agent) dispatch({type: 'agentReported', agent, pane: item.pane, report})
  }

  /** Sends a message that an agent posted to its own mailbox, to which no other can post. */
  async function sendFrom(agent: AgentId, item: MailItem): Promise<void> {
    const outcome = await answerTo(item.body, words => messages.send({from: agent, ...words}))
    try {
      await host.answer(item.seq, outcome)
    } catch (error) {
      log.warn('an agent did not wait for the answer to its message', {agent, error: toErrorData(error)})
    }
  }

  function takePane(info: PaneInfo): void {
    panes.put(info)
    const agent = agentOf(info)
    if (info.exit) requests.paneGone(info.pane)
    if (info.exit) beforeEdit.paneGone(info.pane)
    if (agent && info.exit) void reportEnd(agent, info.pane, info)
  }

  /** Reports an end with its last words, which a new start may take away with the pane. */
  async function reportEnd(agent: AgentId, pane: PaneId, info: PaneInfo | null): Promise<void> {
    dispatch({type: 'agentExited', agent, pane, end: await endOf(host, info)})
  }

  /** Of the reports from before this run only an agent's last one shows its present state. */
  function takeLast(mail: readonly MailItem[], pane: PaneId | null, agent: AgentId): void {
    // A reminder says less than the request that it reminds of.
    const reports = mail.flatMap(item => {
      const report = item.pane === pane && !isReminder(item) ? reportOf(item) : null
      return report ? [{at: item.at, report}] : []
    })
    const last = reports.at(-1)
    const at = enteredStateAt(reports)
    if (pane && last) {
      dispatch({type: 'agentReported', agent, pane, report: last.report, ...(at !== null && {at})})
    }
    const called = mail.findLast(item => item.pane === pane && item.kind === ATTENTION)
    if (called) quietAgents.take(called)
  }

  const disposables = cleanup.move()
  return {
    panes,
    recentSignals: recentSignals.of,
    async missed() {
      const mail = await host.mail(0)
      each(mail, item => {
        idleCheck.take(item)
        recentSignals.take(item)
      })
      lastMail = mail.at(-1)?.seq ?? 0
      return mail
    },
    replay(mail, tickets) {
      each(mail, item => usage.take(item, panes.get(item.pane)))
      for (const message of messages.undelivered()) {
        if (wasTaken(mail, message, panes.get)) messages.taken(message)
        else dispatch({type: 'messageSent', message})
      }
      for (const {pane, ticket} of tickets) takeLast(mail, pane, ticket.context.agent)
      beforeEdit.replay(mail)
      requests.replay(mail.filter(({pane}) => panes.get(pane)?.exit === null))
      requests.answerByRules()
      for (const item of mail) {
        const agent = agentOf(panes.get(item.pane))
        if (agent && item.kind === SAY && item.reply) void sendFrom(agent, item)
        hubTools.take(item, panes.get(item.pane))
      }
    },
    async listen() {
      // What comes while the rest is read waits, so that the order stays.
      let waiting: MailItem[] | undefined = []
      disposables.use(host.onMail(item => (waiting ? waiting.push(item) : each([item], takeMail))))
      disposables.use(host.onPane(takePane))
      const rest = await host.mail(lastMail)
      each(rest, takeMail)
      const read = new Set(rest.map(({seq}) => seq))
      each(
        waiting.filter(({seq}) => !read.has(seq)),
        takeMail,
      )
      waiting = undefined
      for (const info of await host.panes()) takePane(info)
    },
    [Symbol.dispose]: () => disposables.dispose(),
  }
}

const dropped = z.object({dropped: z.number()})
const altered = z.object({kind: z.string(), count: z.number()})

/** What the host itself says of a pane's mail; null: the post is no such word. */
function hostSays({kind, body}: MailItem): string | null {
  if (kind === MAIL_DROPPED) {
    const {data} = dropped.safeParse(body)
    return data ? `${data.dropped} older posts were dropped, because too many waited to be read` : null
  }
  if (kind !== MAIL_ALTERED) return null
  const {data} = altered.safeParse(body)
  return data
    ? `a part of its post ${safeLine(data.kind)} is nested too deep and was kept as text (${data.count} such posts so far)`
    : null
}

/** The agent of a pane; undefined: it belongs to none. */
export function agentOf(info: PaneInfo | undefined): AgentId | undefined {
  return info?.meta.agent as AgentId | undefined
}
