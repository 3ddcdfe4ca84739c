import {randomBytes, randomUUID} from 'node:crypto'
import {toErrorData} from '../base/errors.ts'
import type {Fact} from '../model/core/facts.ts'
import type {EffectOf} from '../model/data/effects.ts'
import type {PaneId} from '../model/data/ids.ts'
import type {PaneInfo} from '../model/data/pane.ts'
import type {HostGateway} from '../model/gateways/host.ts'
import {NOTHING_TRUSTED, readTrusted} from './claude/trusted.ts'
import {type AgentGateways, panesOf, promptedNow} from './gateways.ts'
import {endOf} from './last-words.ts'
import {isClaude, type LaunchPlan, launchPlan, mayResume, runsInContainer} from './profile.ts'
import {promptText} from './prompts.ts'
import {untilReady} from './terminal/deliver.ts'
import {memoryOf, promptDetails} from './turns/details.ts'

/** The size of the first pane, until a client that shows it reports another. */
const SIZE = {cols: 100, rows: 30}

/** Gives a new pane the size of the newest one, which a client may have sized: its first lines need no reflow. */
function sizeOf(panes: readonly PaneInfo[]): {cols: number; rows: number} {
  const {cols, rows} = panes.findLast(info => info.meta.agent !== undefined) ?? SIZE
  return {cols, rows}
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

/** Starts a ticket's agent, or finds the one that an earlier run of the daemon started. */
export async function startAgent(gateways: AgentGateways, effect: EffectOf<'startAgent'>): Promise<Fact[]> {
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
  let {pane, plan} = await spawn(gateways, effect)
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
    pane = (await spawn(gateways, {...effect, session, resume: false})).pane
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

/** Whether a pane's program was ended by a signal, or together with its host. */
async function wasKilled(host: HostGateway, pane: PaneId): Promise<boolean> {
  const exit = (await host.panes()).find(info => info.pane === pane)?.exit
  return !exit || exit.signal !== null || exit.code < 0
}

async function spawn(
  gateways: AgentGateways,
  effect: EffectOf<'startAgent'>,
): Promise<{pane: PaneId; plan: LaunchPlan}> {
  const {git, host, book, clock, containers} = gateways
  // What is changed meanwhile counts from the next start on.
  const config = {...gateways.config}
  const {ticket, agent, session, branch, worktree, assignment, attempt, resume} = effect
  const {template, ...details} = await promptDetails(gateways, ticket, assignment, worktree)
  const remembers = resume && mayResume(config, attempt)
  const container = runsInContainer(config) ? containers.prepare(config.agents.profile, worktree) : undefined
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

/** Does not wait for the hub, which may be away: work does not depend on it, and the heartbeats tell it again. */
export function tellHub({log}: Pick<AgentGateways, 'log'>, told: Promise<void>): void {
  told.catch((error: unknown) => log.warn('cannot tell the hub', {error: toErrorData(error)}))
}

/** Names an agent in the hub. */
export function instanceOf({git}: AgentGateways, agent: string): string {
  return `${agent}@${git.root}`
}
