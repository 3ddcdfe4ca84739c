import {randomBytes, randomUUID} from 'node:crypto'
import type {Clock} from '../base/clock.ts'
import {toErrorData} from '../base/errors.ts'
import type {Log} from '../base/log.ts'
import type {EffectHandlers} from '../model/core/effect-handler.ts'
import type {Fact} from '../model/core/facts.ts'
import type {Assignment} from '../model/data/assignment.ts'
import type {Config} from '../model/data/config.ts'
import type {EffectOf} from '../model/data/effects.ts'
import type {PaneId} from '../model/data/ids.ts'
import type {ThinkLevel} from '../model/data/think-level.ts'
import type {ClaimBook, GitGateway} from '../model/gateways/git.ts'
import type {GithubGateway} from '../model/gateways/github.ts'
import type {HostGateway, PaneInfo} from '../model/gateways/host.ts'
import type {HubGateway} from '../model/gateways/hub.ts'
import {thinkingFor} from '../model/routing/thinking.ts'
import {refuseEdited} from './approval.ts'
import type {Containers} from './containers.ts'
import {deliverPrompt, untilReady, untilSettled} from './deliver.ts'
import type {Jobs} from './jobs.ts'
import {canGoOn, isClaude, type LaunchPlan, launchPlan, runsInContainer} from './profile.ts'
import {promptText, type Template} from './prompts.ts'
import {promptKind, templateFile} from './templates.ts'
import {NOTHING_TRUSTED, readTrusted} from './trusted.ts'
import {setUpWorktree, verifyWork} from './verify.ts'

export type AgentGateways = {
  git: GitGateway
  github: GithubGateway
  host: HostGateway
  hub: Pick<HubGateway, 'append' | 'register' | 'deregister' | 'messageDelivered'>
  book: ClaimBook
  config: Config
  clock: Clock
  log: Log
  jobs: Jobs
  containers: Containers
  /** What agents' environments are made from. */
  env: NodeJS.ProcessEnv
  stopGraceMs: number
}

export type AgentEffect =
  | 'setUpWorktree'
  | 'verifyWork'
  | 'startAgent'
  | 'promptAgent'
  | 'keepSession'
  | 'deliverMessages'
  | 'stopAgent'
  | 'saveWork'

/** The size of the first pane, until a client shows it and says another. */
const SIZE = {cols: 100, rows: 30}

/** A new pane starts as large as the newest one, which a client may have sized: its first lines need no reflow. */
function sizeOf(panes: readonly PaneInfo[]): {cols: number; rows: number} {
  const {cols, rows} = panes.findLast(info => info.meta.agent !== undefined) ?? SIZE
  return {cols, rows}
}

/** An agent's process: started in its worktree, told its task, ended with all that it started. */
export function agentHandlers(gateways: AgentGateways): EffectHandlers<AgentEffect> {
  return {
    setUpWorktree: effect => setUpWorktree(gateways, effect),
    verifyWork: effect => verifyWork(gateways, effect),
    startAgent: effect => startAgent(gateways, effect),
    promptAgent: effect => promptAgent(gateways, effect),
    deliverMessages: effect => deliverMessages(gateways, effect),

    async keepSession({ticket, session}) {
      await gateways.book.bump(ticket, {session})
      return []
    },

    async stopAgent({ticket, agent}) {
      const {host, hub, jobs} = gateways
      await jobs.end(ticket)
      for (const info of await panesOf(host, ticket)) await endAgent(gateways, info)
      await hub.deregister(instanceOf(gateways, agent))
      return [{type: 'agentStopped', agent, ticket}]
    },

    async saveWork({ticket, agent, worktree, reason}) {
      const {ref} = await gateways.git.rescue({worktree, reason})
      gateways.hub.append({type: 'status_update', ticket, agent, message: `the work on #${ticket} is saved in ${ref}`})
      return []
    },
  }
}

/** Ends the program of an agent's pane, and its container: what ends the docker client does not end that. */
export async function endAgent(
  {host, containers, stopGraceMs: graceMs}: Pick<AgentGateways, 'host' | 'containers' | 'stopGraceMs'>,
  {pane, session, meta, exit}: PaneInfo,
): Promise<void> {
  const isContainer = meta.runner === 'docker'
  if (isContainer) await containers.end(session, {graceMs})
  if (exit) return
  await host.stop(pane, {graceMs})
  // The client may have been about to make it.
  if (isContainer) await containers.end(session, {graceMs: 0})
}

async function startAgent(gateways: AgentGateways, effect: EffectOf<'startAgent'>): Promise<Fact[]> {
  const {git, host, hub, book, config, clock} = gateways
  const {ticket, agent, worktree, resume, attempt, starts, think} = effect
  const live = (await panesOf(host, ticket)).find(info => !info.exit)
  // Started by an earlier life of this daemon, which could not tell of it any more.
  if (live) return [{type: 'agentStarted', ticket, agent, pane: live.pane}]
  const title = book.get(ticket)?.record.title ?? ''
  await book.bump(ticket, {phase: 'working', agent, attempts: attempt, starts, ...(think && {think})})
  // The slot's and the ticket's last screens make room for the new one.
  for (const {pane, meta, exit} of await host.panes()) {
    if (exit && (meta.agent === agent || meta.ticket === String(ticket))) await host.close(pane)
  }
  let {pane, plan} = await spawn(gateways, effect, resume)
  let session: string | undefined
  // A client that was killed before it had written down its first prompt has no conversation to go on with, and refuses;
  // and it refuses to begin another one under that id.
  if (resume && plan.sessions && plan.state === 'signals' && (await untilReady(host, pane, clock)) === 'exited') {
    gateways.log.warn('no conversation to go on with, a new one begins', {ticket, agent, session: effect.session})
    await host.close(pane)
    session = randomUUID()
    await book.bump(ticket, {session})
    pane = (await spawn(gateways, {...effect, session}, false)).pane
  }
  await hub.register({
    id: instanceOf(gateways, agent),
    project: git.root,
    directory: worktree,
    task: `#${ticket} ${title}`,
    model: config.agents.profile,
    status: 'busy',
  })
  hub.append({
    type: 'task_started',
    ticket,
    agent,
    message: `${agent} ${resume ? 'goes on with' : 'starts on'} #${ticket}`,
  })
  const ended = (await host.panes()).some(info => info.pane === pane && info.exit)
  // An end before anybody could know of the start is told again after it.
  const started = {type: 'agentStarted', ticket, agent, pane, ...(session === undefined ? {} : {session})} as const
  return [started, ...(ended ? [{type: 'agentExited', agent, pane} as const] : [])]
}

async function spawn(
  gateways: AgentGateways,
  effect: EffectOf<'startAgent'>,
  resume: boolean,
): Promise<{pane: PaneId; plan: LaunchPlan}> {
  const {git, host, book, config, clock, containers} = gateways
  const {ticket, agent, session, branch, worktree, assignment, attempt} = effect
  const {template, ...told} = await describe(gateways, ticket, assignment)
  const remembers = resume && canGoOn(config, attempt)
  const container = runsInContainer(config)
    ? {...containers.prepare(config.agents.profile), commonDir: git.commonDir}
    : undefined
  // Of an earlier life, whose pane is gone.
  if (container) await containers.end(session, {graceMs: 0})
  const plan = launchPlan({
    config,
    ticket: {issue: ticket, title: book.get(ticket)?.record.title ?? '', branch, session, worktree},
    agent,
    resume: remembers,
    prompt: promptText(assignment, {...told, branch}, remembers, template),
    think: told.think,
    trusted: isClaude(config) ? await readTrusted(git, config) : NOTHING_TRUSTED,
    hostEnv: gateways.env,
    container,
  })
  const {pane} = await host.spawn({
    pane: `${agent}-${ticket}-${attempt}-${randomBytes(3).toString('hex')}`,
    title: agent,
    command: plan.command,
    cwd: worktree,
    env: plan.env,
    ...sizeOf(await host.panes()),
    session,
    meta: {
      agent,
      ticket: String(ticket),
      promptBy: plan.promptBy,
      state: plan.state,
      ...(container && {runner: 'docker'}),
      ...(plan.quietMs !== null && {quietMs: String(plan.quietMs)}),
      ...(plan.promptBy === 'argument' && toldNow(clock)),
      remembers: remembers ? 'yes' : 'no',
      repository: git.root,
    },
  })
  return {pane, plan}
}

async function promptAgent(gateways: AgentGateways, effect: EffectOf<'promptAgent'>): Promise<Fact[]> {
  const {host, clock} = gateways
  const {ticket, agent, branch, assignment, forgot = false} = effect
  const info = (await panesOf(host, ticket)).find(pane => !pane.exit)
  // It ended meanwhile; its exit says so and decides what comes next.
  if (!info) return []
  const atStart = assignment.kind === 'first' || assignment.kind === 'repair'
  if (atStart && !forgot && info.meta.promptBy === 'argument') return []
  const acknowledged = info.meta.state === 'signals'
  const start = acknowledged
    ? await untilReady(host, info.pane, clock)
    : await untilSettled(host, info.pane, {clock, atStart: info.meta.prompted === undefined})
  if (start === 'exited') return []
  // A dialog may stand open for hours, and the ticket must be free to be stopped all the while.
  if (start === 'late') return [{type: 'agentNotReady', ticket, agent, pane: info.pane}]
  // What comes after the start is said to an agent that knows its task by now.
  const remembers = !forgot && (!atStart || info.meta.remembers === 'yes')
  const {think, template, ...told} = await describe(gateways, ticket, assignment)
  const text = promptText(assignment, {...told, branch, ...(atStart && {think})}, remembers, template)
  await deliverPrompt({host, pane: info.pane, text, clock, acknowledged})
  if (!acknowledged) await host.note(info.pane, toldNow(clock))
  return []
}

/** Told at least once: a daemon that ends between telling and noting it tells it again. */
async function deliverMessages(gateways: AgentGateways, effect: EffectOf<'deliverMessages'>): Promise<Fact[]> {
  const {host, hub, clock} = gateways
  const {ticket, branch, messages} = effect
  const info = (await panesOf(host, ticket)).find(pane => !pane.exit)
  if (!info) return [{type: 'messagesKept', ticket, messages}]
  const assignment = {kind: 'message', said: messages} as const
  const text = promptText(assignment, {...(await issueOf(gateways, ticket)), branch}, true)
  const acknowledged = info.meta.state === 'signals'
  await deliverPrompt({host, pane: info.pane, text, clock, acknowledged})
  if (!acknowledged) await host.note(info.pane, toldNow(clock))
  try {
    for (const {id} of messages) await hub.messageDelivered(id)
  } catch (error) {
    // It was told; without the note it is told again after a restart, which is better than stopping the ticket.
    gateways.log.warn('a delivered message is not noted', {ticket, error: toErrorData(error)})
  }
  return [{type: 'messagesDelivered', ticket, messages}]
}

type Told = {number: number; title: string; body: string; labels: readonly string[]}

/**
 * The issue as it stands now; without it, what the claim knows of it. Throws `edited-after-approval` when it is to be
 * told as a task.
 */
async function issueOf({github, book, config}: AgentGateways, ticket: number, asTask = false): Promise<Told> {
  const issue = await github.issue(ticket)
  if (issue && asTask) await refuseEdited({book, config}, issue)
  const title = issue?.title ?? book.get(ticket)?.record.title ?? ''
  return {number: ticket, title, body: issue?.body ?? '', labels: issue?.labels ?? []}
}

/** What a turn is told. Throws `edited-after-approval`. */
async function describe(
  gateways: AgentGateways,
  ticket: number,
  assignment: Assignment,
): Promise<Told & {think: ThinkLevel; template: Template | null}> {
  const {git, book, config} = gateways
  const issue = await issueOf(gateways, ticket, ['first', 'repair'].includes(assignment.kind))
  const asked = book.get(ticket)?.record.think
  const {level: think} = thinkingFor({asked, assignment, issue, fallback: config.agents.think_level})
  const kind = promptKind(assignment, issue, config.routing.priority_labels['ready-to-merge'])
  const file = kind && templateFile(kind)
  const text = file && (await git.readMain(file))
  return {...issue, think, template: file && text ? {file, text} : null}
}

/** Of an agent that does not say that it took a prompt: when it was given the last one. */
function toldNow(clock: Clock): {prompted: string} {
  return {prompted: String(clock.now())}
}

async function panesOf(host: HostGateway, ticket: number): Promise<PaneInfo[]> {
  return (await host.panes()).filter(info => info.meta.ticket === String(ticket))
}

function instanceOf({git}: AgentGateways, agent: string): string {
  return `${agent}@${git.root}`
}
