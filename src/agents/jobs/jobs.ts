import {randomBytes} from 'node:crypto'
import {constants} from 'node:os'
import type {Clock} from '../../base/clock.ts'
import {disposable} from '../../base/dispose.ts'
import {ClambakeError} from '../../base/errors.ts'
import {redact} from '../../base/redact.ts'
import {safeLine, safeText} from '../../base/text.ts'
import {span} from '../../base/words.ts'
import type {Failure} from '../../model/data/assignment.ts'
import type {Config} from '../../model/data/config.ts'
import type {PaneId} from '../../model/data/ids.ts'
import type {PaneInfo} from '../../model/data/pane.ts'
import type {HostGateway} from '../../model/gateways/host.ts'
import type {Sandbox} from '../isolation/sandbox.ts'
import {workEnvironment} from '../profile.ts'
import type {VariablesOf} from '../runtime/variables.ts'

/** The end of a command's output is kept, where test runners sum up. */
const KEPT_LINES = 200
const KEPT_CHARS = 8 * 1024
/** The size of a job's pane, which is never shown: wide enough that few lines wrap. */
const SIZE = {cols: 200, rows: 50}
/** What ends programs from outside; by other signals, such as SIGSEGV, a program ends through its own fault. */
const FROM_OUTSIDE = ['SIGHUP', 'SIGINT', 'SIGKILL', 'SIGTERM'] as const
/** A shell exits with this and the signal's number when the signal ended what it waited for. */
const SHELL_SIGNAL = 128

export type Job = {
  kind: 'setup' | 'verify' | 'regenerate' | 'teardown'
  ticket: number
  branch: string
  /** The ticket's session. */
  session: string
  worktree: string
  /** Shell command lines, run one after the other until one fails. */
  commands: readonly string[]
  /** The time limit of each command. */
  timeoutMinutes: number
}

export type Jobs = {
  /**
   * Runs a job: `passed`, the failure of one of its commands, or `ended` when `end` was called. Every process that a
   * command started, detached or not, is gone then. Throws `disconnected` when the terminal host went away, and
   * `run-interrupted` when a signal from outside ended a command: neither says anything about the work.
   */
  run(job: Job): Promise<'passed' | 'ended' | Failure>
  /** The panes in which commands run now. */
  shown(): readonly JobPane[]
  /** Ends the jobs of a ticket, or of all tickets; also those that an earlier run of the daemon left behind. */
  end(ticket?: number): Promise<void>
}

/** A command's pane, while it runs. */
export type JobPane = {kind: Job['kind']; ticket: number; pane: PaneId; command: string; since: number}

type JobGateways = {
  host: HostGateway
  config: Config
  clock: Clock
  sandbox: Sandbox | null
  /** The environment that agents' environments are made from. */
  env: NodeJS.ProcessEnv
  variablesOf: VariablesOf
  stopGraceMs: number
  /** Called when a command began or ended. */
  onChange?: () => void
}

/** Runs the configured commands on agents' work, each in a pane of its own that belongs to no agent. */
export function createJobs(gateways: JobGateways): Jobs {
  const {host, stopGraceMs, onChange = () => {}} = gateways
  const panes = new Map<PaneId, JobPane>()
  const running = new Map<number, {abort: AbortController; ended: Promise<void>}>()

  /** Shows a command's pane until it is disposed. */
  function shows(pane: JobPane): Disposable {
    panes.set(pane.pane, pane)
    onChange()
    return disposable(() => {
      panes.delete(pane.pane)
      onChange()
    })
  }

  async function runCommands(job: Job, signal: AbortSignal): Promise<'passed' | 'ended' | Failure> {
    await endPanes(host, stopGraceMs, job.ticket)
    for (const command of job.commands) {
      const outcome = await runCommand(gateways, {job, command, signal, shows})
      if (outcome !== 'passed') return outcome
    }
    return 'passed'
  }

  return {
    async run(job) {
      const abort = new AbortController()
      const {promise, resolve} = Promise.withResolvers<void>()
      running.set(job.ticket, {abort, ended: promise})
      using _ended = disposable(() => {
        running.delete(job.ticket)
        resolve()
      })
      return await runCommands(job, abort.signal)
    },
    shown: () => [...panes.values()],
    async end(ticket) {
      const wanted = [...running].flatMap(([other, job]) => (ticket === undefined || ticket === other ? [job] : []))
      for (const {abort} of wanted) abort.abort()
      await Promise.all(wanted.map(({ended}) => ended))
      await endPanes(host, stopGraceMs, ticket)
    },
  }
}

async function runCommand(
  {host, config, clock, sandbox, env, variablesOf, stopGraceMs}: JobGateways,
  {job, command, signal, shows}: {job: Job; command: string; signal: AbortSignal; shows: (pane: JobPane) => Disposable},
): Promise<'passed' | 'ended' | Failure> {
  const {kind, ticket, branch, session, worktree, timeoutMinutes} = job
  if (signal.aborted) return 'ended'
  const variables = await variablesOf({ticket, worktree})
  const plain = {
    // There is nobody to answer a question.
    command: ['/bin/sh', '-c', `exec </dev/null\n${command}`] as const,
    // On a terminal, test runners would watch files for changes; CI stops that.
    env: {...workEnvironment({config, ticket: {issue: ticket, branch}, hostEnv: env, variables}), CI: 'true'},
  }
  const {pane} = await host.spawn({
    pane: `${kind}-${ticket}-${randomBytes(3).toString('hex')}`,
    title: kind,
    cwd: worktree,
    ...(sandbox?.(worktree, plain) ?? plain),
    ...SIZE,
    // All jobs of a ticket share a session: processes that a killed host left behind are ended before the next job.
    session: `${session}-job`,
    // Without `agent` and `ticket`, since this is not the pane of the ticket's agent.
    meta: {job: kind, jobOf: String(ticket)},
  })
  using _shown = shows({kind, ticket, pane, command, since: clock.now()})
  const end = await untilEnd({host, pane, clock, timeoutMs: timeoutMinutes * 60_000, signal})
  if (typeof end === 'string') await host.stop(pane, {graceMs: stopGraceMs})
  const output = await host.text(pane, KEPT_LINES)
  // Closing the pane also ends processes that the command left behind.
  await host.close(pane)
  if (end === 'ended') return 'ended'
  if (end !== 'late' && end.code === 0 && end.signal === null) return 'passed'
  if (end !== 'late') refuseInterrupted(command, end)
  return {
    command,
    exit: end === 'late' ? `timed out after ${span(timeoutMinutes * 60_000)}` : exitText(end),
    output: tail(output),
  }
}

type Exit = NonNullable<PaneInfo['exit']>

/** Waits for the end of a pane's program, the time limit or the signal, whichever comes first. */
async function untilEnd(options: {
  host: HostGateway
  pane: PaneId
  clock: Clock
  timeoutMs: number
  signal: AbortSignal
}): Promise<Exit | 'late' | 'ended'> {
  const {host, pane, clock, timeoutMs, signal} = options
  const found = Promise.withResolvers<Exit | 'late' | 'ended'>()
  const settle = (info: PaneInfo) => {
    if (info.pane === pane && info.exit) found.resolve(info.exit)
  }
  const abort = () => found.resolve('ended')
  signal.addEventListener('abort', abort, {once: true})
  using _abort = disposable(() => signal.removeEventListener('abort', abort))
  if (signal.aborted) abort()
  using _pane = host.onPane(settle)
  using _late = clock.after(timeoutMs, () => found.resolve('late'))
  for (const info of await host.panes()) settle(info)
  const end = await found.promise
  // When the host was killed its panes are reported as ended, though the command itself did not end.
  if ((await host.panes()).some(info => info.pane === pane)) return end
  throw new ClambakeError({
    code: 'disconnected',
    message: `The terminal host that ran ${pane} is gone`,
    kept: 'the worktree as it is',
    next: 'nothing to do: the command is run again',
  })
}

async function endPanes(host: HostGateway, graceMs: number, ticket?: number): Promise<void> {
  const jobs = (await host.panes()).filter(
    ({meta}) => meta.job !== undefined && (ticket === undefined || meta.jobOf === String(ticket)),
  )
  await Promise.all(
    jobs.map(async ({pane, exit}) => {
      if (!exit) await host.stop(pane, {graceMs})
      await host.close(pane)
    }),
  )
}

/** Throws `run-interrupted` when a signal from outside ended the command, or what its shell waited for. */
function refuseInterrupted(command: string, {code, signal}: Exit): void {
  const number = signal ?? code - SHELL_SIGNAL
  const name = FROM_OUTSIDE.find(known => constants.signals[known] === number)
  if (name === undefined) return
  throw new ClambakeError({
    code: 'run-interrupted',
    message: `\`${safeLine(command)}\` was ended by ${name}`,
    kept: 'the work as it is; this says nothing about it',
  })
}

function exitText({code, signal}: Exit): string {
  return signal === null ? `code ${code}` : `signal ${signal}`
}

function tail(output: string): string {
  return redact(safeText(output)).split('\n').slice(-KEPT_LINES).join('\n').slice(-KEPT_CHARS).trim()
}
