import {randomBytes, randomUUID} from 'node:crypto'
import type {Clock} from '../base/clock.ts'
import {hasCode, toErrorData} from '../base/errors.ts'
import type {Log} from '../base/log.ts'
import {storedMessages} from '../hub/stored-messages.ts'
import type {EffectHandlers} from '../model/core/effect-handler.ts'
import type {Fact, FactOf} from '../model/core/facts.ts'
import type {Assignment} from '../model/data/assignment.ts'
import type {Config} from '../model/data/config.ts'
import type {EffectOf} from '../model/data/effects.ts'
import type {AgentId, PaneId} from '../model/data/ids.ts'
import {isWaiting} from '../model/data/message.ts'
import type {PaneInfo} from '../model/data/pane.ts'
import type {ThinkLevel} from '../model/data/think-level.ts'
import type {ClaimBook, GitGateway} from '../model/gateways/git.ts'
import type {GithubGateway} from '../model/gateways/github.ts'
import type {HostGateway} from '../model/gateways/host.ts'
import type {AgentMail, AgentMemory, HubGateway, TakenMail} from '../model/gateways/hub.ts'
import type {ClaimOf} from '../model/hub/instance.ts'
import {writerOf} from '../model/hub/mail-turns.ts'
import {thinkingFor} from '../model/routing/thinking.ts'
import {refuseEdited} from './approval.ts'
import type {Containers} from './containers.ts'
import type {Jobs} from './jobs/jobs.ts'
import {setUpWorktree, verifyWork} from './jobs/verify.ts'
import {endOf} from './last-words.ts'
import {endLeftOf} from './left-behind.ts'
import {isClaude, type LaunchPlan, launchPlan, mayResume, runsInContainer} from './profile.ts'
import {promptText, type Template, textForFile} from './prompts.ts'
import type {VariablesOf} from './runtime/variables.ts'
import type {Sandbox} from './sandbox.ts'
import {promptKind, templateFile} from './templates.ts'
import {deliverPrompt, untilReady, untilSettled} from './terminal/deliver.ts'
import {NOTHING_TRUSTED, readTrusted} from './trusted.ts'

type AgentGateways = {
  git: GitGateway
  github: GithubGateway
  host: HostGateway
  hub: Pick<HubGateway, 'append' | 'register' | 'deregister' | 'messages' | 'messageDelivered' | 'messageExpired'>
  mail: AgentMail
  memory: AgentMemory
  book: ClaimBook
  /** The claim of a ticket as the hub names it. */
  claimOf: ClaimOf
  config: Config
  clock: Clock
  log: Log
  jobs: Jobs
  containers: Containers
  sandbox: Sandbox | null
  /** The environment that agents' environments are made from. */
  env: NodeJS.ProcessEnv
  variablesOf: VariablesOf
  stopGraceMs: number
}

type AgentEffect =
  | 'setUpWorktree'
  | 'verifyWork'
  | 'startAgent'
  | 'promptAgent'
  | 'keepSession'
  | 'deliverMessages'
  | 'expireMessages'
  | 'stopAgent'
  | 'saveWork'

/** The size of the first pane, until a client that shows it reports another. */
const SIZE = {cols: 100, rows: 30}

/** Gives a new pane the size of the newest one, which a client may have sized: its first lines need no reflow. */
function sizeOf(panes: readonly PaneInfo[]): {cols: number; rows: number} {
  const {cols, rows} = panes.findLast(info => info.meta.agent !== undefined) ?? SIZE
  return {cols, rows}
}

/** The handlers that start an agent's process in its worktree, prompt it, and end it with all that it started. */
export function agentHandlers(gateways: AgentGateways): EffectHandlers<AgentEffect> {
  return {
    setUpWorktree: effect => setUpWorktree(gateways, effect),
    verifyWork: effect => verifyWork(gateways, effect),
    startAgent: effect => startAgent(gateways, effect),
    promptAgent: effect => promptAgent(gateways, effect),
    deliverMessages: effect => deliverMessages(gateways, effect),

    expireMessages: effect => expireMessages(gateways, effect),

    async keepSession({ticket, session}) {
      await gateways.book.bump(ticket, {session})
      return []
    },

    async stopAgent({ticket, agent}) {
      const {host, hub, jobs} = gateways
      await jobs.end(ticket)
      for (const info of await panesOf(host, ticket)) await endAgent(gateways, info)
      await endLeftOf(gateways, {ticket, agent})
      tellHub(gateways, hub.deregister(instanceOf(gateways, agent)))
      return [{type: 'agentStopped', agent, ticket}]
    },

    async saveWork({ticket, agent, worktree, reason}) {
      const saved = await gateways.git.rescueIfThere({worktree, reason})
      const message = saved
        ? `the work on #${ticket} is saved in ${saved.ref}`
        : `there is no worktree of #${ticket} any more, so no work of it is saved now`
      gateways.hub.append({type: 'status_update', ticket, agent, message})
      return []
    },
  }
}

/** Ends the program of an agent's pane, and its container, which outlives the docker client. */
export async function endAgent(
  {host, containers, stopGraceMs: graceMs}: Pick<AgentGateways, 'host' | 'containers' | 'stopGraceMs'>,
  {pane, session, meta, exit}: PaneInfo,
): Promise<void> {
  const isContainer = meta.runner === 'docker'
  if (isContainer) await containers.end(session, {graceMs})
  if (exit) return
  await host.stop(pane, {graceMs})
  // The docker client may have been about to create it.
  if (isContainer) await containers.end(session, {graceMs: 0})
}

async function startAgent(gateways: AgentGateways, effect: EffectOf<'startAgent'>): Promise<Fact[]> {
  const {host, hub, book, config, clock} = gateways
  const {ticket, agent, worktree, resume, attempt, starts, think} = effect
  const running = (await panesOf(host, ticket)).filter(info => !info.exit)
  // Started for another slot by an earlier run whose start was not known: its reports would count for that slot.
  for (const info of running) if (info.meta.agent !== agent) await endAgent(gateways, info)
  const live = running.find(({meta}) => meta.agent === agent)
  // An earlier run of this daemon started it and ended before it could report so.
  if (live) return [{type: 'agentStarted', ticket, agent, pane: live.pane}]
  const title = book.get(ticket)?.record.title ?? ''
  await book.bump(ticket, {phase: 'working', agent, attempts: attempt, starts, ...(think && {think})})
  // The exited panes of the slot and of the ticket make room for the new one.
  for (const {pane, meta, exit} of await host.panes()) {
    if (exit && (meta.agent === agent || meta.ticket === String(ticket))) await host.close(pane)
  }
  let {pane, plan} = await spawn(gateways, effect, resume)
  let session: string | undefined
  // A client that was killed before it saved its first prompt has no conversation to resume, and it refuses to begin
  // another one under the same id.
  const waits = resume && plan.sessions && plan.state === 'signals'
  // One that was killed says nothing about its conversation, and is started again.
  if (waits && (await untilReady(host, pane, clock)) === 'exited' && !(await wasKilled(host, pane))) {
    gateways.log.warn('no conversation to resume, a new one begins', {ticket, agent, session: effect.session})
    await host.close(pane)
    session = randomUUID()
    await book.bump(ticket, {session})
    pane = (await spawn(gateways, {...effect, session}, false)).pane
  }
  const {pid} = (await host.panes()).find(found => found.pane === pane) ?? {pid: null}
  tellHub(
    gateways,
    hub.register({
      id: instanceOf(gateways, agent),
      directory: worktree,
      task: `#${ticket} ${title}`,
      model: config.agents.profile,
      status: 'busy',
      pid,
      ...gateways.claimOf(ticket),
    }),
  )
  hub.append({
    type: 'task_started',
    ticket,
    agent,
    message: `${agent} ${resume ? 'continues' : 'starts on'} #${ticket}`,
  })
  const info = (await host.panes()).find(found => found.pane === pane) ?? null
  // The process may have ended before the start was known, so its end is reported again after the start.
  const started = {type: 'agentStarted', ticket, agent, pane, ...(session === undefined ? {} : {session})} as const
  if (info !== null && info.exit === null) return [started]
  return [started, {type: 'agentExited', agent, pane, end: await endOf(host, info)}]
}

/** Does not wait for the hub, which may be away: work does not depend on it, and the heartbeats tell it again. */
function tellHub({log}: Pick<AgentGateways, 'log'>, told: Promise<void>): void {
  told.catch((error: unknown) => log.warn('cannot tell the hub', {error: toErrorData(error)}))
}

/** Whether a pane's program was ended by a signal, or together with its host. */
async function wasKilled(host: HostGateway, pane: PaneId): Promise<boolean> {
  const exit = (await host.panes()).find(info => info.pane === pane)?.exit
  return !exit || exit.signal !== null || exit.code < 0
}

async function spawn(
  gateways: AgentGateways,
  effect: EffectOf<'startAgent'>,
  resume: boolean,
): Promise<{pane: PaneId; plan: LaunchPlan}> {
  const {git, host, book, clock, containers} = gateways
  // What is changed meanwhile counts from the next start on.
  const config = {...gateways.config}
  const {ticket, agent, session, branch, worktree, assignment, attempt} = effect
  const {template, ...details} = await promptDetails(gateways, ticket, assignment, worktree)
  const remembers = resume && mayResume(config, attempt)
  const container = runsInContainer(config)
    ? {...containers.prepare(config.agents.profile, worktree), commonDir: git.commonDir}
    : undefined
  // An earlier run may have left a container whose pane is gone.
  if (container) await containers.end(session, {graceMs: 0})
  const task = promptText(assignment, {...details, branch}, {remembers, template})
  // A client that is prompted in its terminal gets it with that prompt.
  const memory = remembers || isClaude(config) ? null : await memoryOf(gateways, details)
  const plan = launchPlan({
    config,
    ticket: {issue: ticket, title: book.get(ticket)?.record.title ?? '', branch, session, worktree},
    agent,
    resume: remembers,
    prompt: memory === null ? task : `${task}\n\n${memory}`,
    think: details.think,
    mayRead: details.file === undefined ? [] : [details.file],
    trusted: isClaude(config) ? await readTrusted(git, config) : NOTHING_TRUSTED,
    hostEnv: gateways.env,
    variables: await gateways.variablesOf({ticket, worktree, agent}),
    container,
  })
  const {command, env} = gateways.sandbox?.(worktree, plan, config) ?? plan
  const {pane} = await host.spawn({
    pane: `${agent}-${ticket}-${attempt}-${randomBytes(3).toString('hex')}`,
    title: agent,
    command,
    cwd: worktree,
    env,
    ...sizeOf(await host.panes()),
    session,
    meta: {
      agent,
      ticket: String(ticket),
      promptBy: plan.promptBy,
      state: plan.state,
      client: isClaude(config) ? 'claude' : 'other',
      ...(container && {runner: 'docker'}),
      ...(plan.quietMs !== null && {quietMs: String(plan.quietMs)}),
      ...(plan.promptBy === 'argument' && promptedNow(clock)),
      remembers: remembers ? 'yes' : 'no',
      repository: git.root,
    },
  })
  return {pane, plan}
}

async function promptAgent(gateways: AgentGateways, effect: EffectOf<'promptAgent'>): Promise<Fact[]> {
  const {host, clock} = gateways
  const {ticket, agent, branch, assignment, forgot = false, held = []} = effect
  const notGiven: Fact[] = held.length === 0 ? [] : [{type: 'messagesKept', ticket, messages: held}]
  const info = (await panesOf(host, ticket)).find(pane => !pane.exit)
  // The agent ended meanwhile; the fact of its exit decides what comes next.
  if (!info) return notGiven
  const atStart = assignment.kind === 'first' || assignment.kind === 'repair'
  if (atStart && !forgot && info.meta.promptBy === 'argument') {
    return [...notGiven, ...(await noteReviewed(gateways, ticket, assignment))]
  }
  const acknowledged = info.meta.state === 'signals'
  const start = acknowledged
    ? await untilReady(host, info.pane, clock)
    : await untilSettled(host, info.pane, {clock, atStart: info.meta.prompted === undefined})
  if (start === 'exited') return notGiven
  // A dialog may stay open for hours, and the ticket must stay stoppable meanwhile.
  if (start === 'late') return [...notGiven, {type: 'agentNotReady', ticket, agent, pane: info.pane}]
  // After the start the agent knows its task already.
  const remembers = !forgot && (!atStart || info.meta.remembers === 'yes')
  const {think, template, ...details} = await promptDetails(gateways, ticket, assignment, info.cwd)
  const text = promptText(assignment, {...details, branch, ...(atStart && {think})}, {remembers, template})
  const memory = remembers ? null : await memoryOf(gateways, details)
  const mail = await gateways.mail.take(agent, ticket)
  const said = held.length === 0 ? null : promptText({kind: 'message', said: held}, {...details, branch})
  const whole = [text, memory, mail?.text ?? null, said].filter(part => part !== null).join('\n\n')
  const outcome = await deliver(gateways, {info, ticket, agent, text: whole, what: 'its prompt', mail})
  if (outcome === 'taken') {
    return [
      ...(await noteReviewed(gateways, ticket, assignment)),
      ...(held.length === 0 ? [] : await noteDelivered(gateways, ticket, held)),
    ]
  }
  return outcome === 'gone' ? notGiven : [...notGiven, outcome]
}

/** What earlier sessions keep about a task. */
function memoryOf({memory}: AgentGateways, {title, body, labels}: IssueText): Promise<string | null> {
  return memory({text: `${title}\n${body}`, labels})
}

/** Lets messages expire that no agent will read. */
async function expireMessages({hub, clock}: AgentGateways, effect: EffectOf<'expireMessages'>): Promise<Fact[]> {
  const {messages, unlessTold} = effect
  const now = clock.now()
  const waits = unlessTold && (await storedMessages(hub)).filter(message => isWaiting(message, now)).map(({id}) => id)
  for (const [index, id] of messages.entries()) {
    if (waits?.includes(id) === false) continue
    const event = unlessTold?.[index]
    if (event !== undefined) hub.append(event)
    await hub.messageExpired(id)
  }
  return []
}

/** Notes that an agent has what reviewers said, if that was its task. */
async function noteReviewed(gateways: AgentGateways, ticket: number, assignment: Assignment): Promise<Fact[]> {
  if (assignment.kind !== 'repair' || assignment.repair.kind !== 'review') return []
  const messages = assignment.repair.said.flatMap(({id}) => (id === null ? [] : [{id}]))
  return noteDelivered(gateways, ticket, messages)
}

type Prompt = {
  info: PaneInfo
  ticket: number
  agent: AgentId
  text: string
  what: string
  /** It is messages, which are kept, and not a task. */
  adds?: boolean
}

/** Gives a prompt, and notes in the hub whether the mail in it has begun a turn or is due again. */
async function deliver(
  gateways: AgentGateways,
  {mail, ...prompt}: Prompt & {mail: TakenMail | null},
): Promise<Delivery> {
  let outcome: Delivery | null = null
  try {
    outcome = await typePrompt(gateways, prompt)
    return outcome
  } finally {
    if (mail !== null) {
      if (outcome === 'taken') gateways.mail.begun(mail)
      else await gateways.mail.takeBack(mail)
    }
  }
}

/** `gone`: the agent's process ended first. A fact: its input line is in use, or its client does not take the prompt. */
type Delivery = 'taken' | 'gone' | FactOf<'agentNotReady'>

async function typePrompt(
  {host, hub, clock, config}: AgentGateways,
  {info, ticket, agent, text, what, adds}: Prompt,
): Promise<Delivery> {
  const {pane} = info
  const acknowledged = info.meta.state === 'signals'
  // Another profile may have been chosen since its start.
  const {client = isClaude(config) ? 'claude' : 'other'} = info.meta
  const line = acknowledged && client === 'claude'
  try {
    const outcome = await deliverPrompt({host, pane, text, clock, acknowledged, line, ...(adds && {adds})})
    if (outcome === 'taken' && !acknowledged) await host.note(pane, promptedNow(clock))
    return outcome
  } catch (error) {
    const isStuck = adds && hasCode(error, 'prompt-not-taken')
    if (!isStuck && !hasCode(error, 'input-line-taken')) throw error
    const {message, next} = toErrorData(error)
    hub.append({
      type: 'status_update',
      ticket,
      agent,
      severity: 'warning',
      message: `${what} waits: ${message}; ${next}`,
    })
    return {type: 'agentNotReady', ticket, agent, pane, for: adds ? 'messages' : 'task', ...(isStuck && {isStuck})}
  }
}

/** Delivers messages and mail at least once: a daemon that ends before it notes the delivery repeats it. */
async function deliverMessages(gateways: AgentGateways, effect: EffectOf<'deliverMessages'>): Promise<Fact[]> {
  const {host} = gateways
  const {ticket, agent, branch, messages, wasIdle} = effect
  const info = (await panesOf(host, ticket)).find(pane => !pane.exit)
  if (!info) return [{type: 'messagesKept', ticket, messages}]
  const assignment = {kind: 'message', said: messages} as const
  const said = promptText(assignment, {...(await issueOf(gateways, ticket)), branch})
  const mail = await gateways.mail.take(agent, ticket)
  if (messages.length === 0 && mail === null) return [{type: 'nothingToRead', ticket, agent, wasIdle}]
  const text = mail === null ? said : `${mail.text}\n\n${said}`
  const all = messages.length + (mail?.messages.length ?? 0)
  const what = all === 1 ? 'a message' : `${all} messages`
  const outcome = await deliver(gateways, {info, ticket, agent, text, what, adds: true, mail})
  if (outcome === 'taken') {
    const words = [...messages.map(writerOf), ...(mail?.messages ?? []).map(({by}) => by)]
    return [{type: 'mailTurnBegan', ticket, words}, ...(await noteDelivered(gateways, ticket, messages))]
  }
  return [
    {type: 'messagesKept', ticket, messages},
    ...(mail === null ? [] : [{type: 'mailWaits', ticket, messages: mail.messages} as const]),
    ...(outcome === 'gone' ? [] : [outcome]),
  ]
}

async function noteDelivered(
  {hub, log}: AgentGateways,
  ticket: number,
  messages: readonly {id: number}[],
): Promise<Fact[]> {
  try {
    for (const {id} of messages) await hub.messageDelivered(id)
  } catch (error) {
    // The message was delivered. Without the note it is delivered again after a restart, which is better than blocking
    // the ticket.
    log.warn('cannot note that a message was delivered', {ticket, error: toErrorData(error)})
  }
  return [{type: 'messagesDelivered', ticket, messages}]
}

type IssueText = {number: number; title: string; body: string; labels: readonly string[]}

/**
 * The issue as it is now; if GitHub has none, the title in the claim. Throws `edited-after-approval` when it is given as
 * a task.
 */
async function issueOf({github, book, config}: AgentGateways, ticket: number, asTask = false): Promise<IssueText> {
  const issue = await github.issue(ticket)
  if (issue && asTask) await refuseEdited({book, config}, issue)
  const title = issue?.title ?? book.get(ticket)?.record.title ?? ''
  return {number: ticket, title, body: issue?.body ?? '', labels: issue?.labels ?? []}
}

/**
 * Collects what the prompt of a turn says: the issue, the think level, the repository's template. A text that is too
 * long for a prompt is put into a file of the worktree's git folder. Throws `edited-after-approval`.
 */
async function promptDetails(
  gateways: AgentGateways,
  ticket: number,
  assignment: Assignment,
  worktree: string,
): Promise<IssueText & {think: ThinkLevel; template: Template | null; file: string | undefined}> {
  const {git, book, config} = gateways
  const issue = await issueOf(gateways, ticket, ['first', 'repair'].includes(assignment.kind))
  const asked = book.get(ticket)?.record.think
  const {level: think} = thinkingFor({asked, assignment, issue, fallback: config.agents.think_level})
  const kind = promptKind(assignment, issue, config.routing.priority_labels['ready-to-merge'])
  const file = kind && templateFile(kind)
  const text = file && (await git.readMain(file))
  const long = textForFile(issue)
  const whole = long === null ? undefined : await git.keepIssueText(worktree, long)
  return {...issue, think, template: file && text ? {file, text} : null, file: whole}
}

/** The pane's note of when the last prompt was given, for agents that do not acknowledge prompts. */
function promptedNow(clock: Clock): {prompted: string} {
  return {prompted: String(clock.now())}
}

async function panesOf(host: HostGateway, ticket: number): Promise<PaneInfo[]> {
  return (await host.panes()).filter(info => info.meta.ticket === String(ticket))
}

function instanceOf({git}: AgentGateways, agent: string): string {
  return `${agent}@${git.root}`
}
