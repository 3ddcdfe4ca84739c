import type {Clock} from '../base/clock.ts'
import {ClambakeError} from '../base/errors.ts'
import {SESSION_VARIABLE} from '../base/processes/ancestry.ts'
import {utcMinute} from '../base/words.ts'
import type {PaneId} from '../model/data/ids.ts'
import type {PaneInfo, PaneSpec} from '../protocol/host-api.ts'
import {FrameClock} from '../terminal/frame-clock.ts'
import {endSession} from '../terminal/processes.ts'
import type {ProgramCall} from '../terminal/program-calls.ts'
import {Scheduler} from '../terminal/scheduler.ts'
import {Terminal} from '../terminal/terminal.ts'
import type {MailboxAddress} from './mailbox.ts'

/** How long processes that a killed host left behind get before a new program takes their place. */
const SURVIVOR_GRACE_MS = 2000

type Pane = {spec: PaneSpec; terminal: Terminal; info: PaneInfo; exited: PromiseWithResolvers<void>}

/** The panes of a host, running and exited; an exited one keeps its screen until it is closed. */
export class Panes {
  readonly #clock: Clock
  readonly #scheduler = new Scheduler()
  readonly #frameClock: FrameClock
  readonly #panes = new Map<PaneId, Pane>()
  /** Panes whose programs are about to start. */
  readonly #starting = new Set<PaneId>()
  readonly #onChange: (info: PaneInfo) => void
  readonly #onProgramCall: (pane: PaneId, call: ProgramCall) => void

  constructor(options: {
    clock: Clock
    onChange: (info: PaneInfo) => void
    onProgramCall: (pane: PaneId, call: ProgramCall) => void
  }) {
    this.#clock = options.clock
    this.#frameClock = new FrameClock(options.clock)
    this.#onChange = options.onChange
    this.#onProgramCall = options.onProgramCall
  }

  /**
   * Ends what is left of the session, then starts the program in a new pane, which replaces an exited one of the same
   * id. Throws `pane-exists`, `session-busy`, and what `PtyProcess` throws.
   */
  async spawn(spec: PaneSpec, mailbox: MailboxAddress): Promise<PaneInfo> {
    this.checkFree(spec)
    this.#starting.add(spec.pane)
    try {
      await endSession({session: spec.session, graceMs: SURVIVOR_GRACE_MS, clock: this.#clock})
      this.#forget(spec.pane)
      return this.#start(spec, mailbox)
    } finally {
      this.#starting.delete(spec.pane)
    }
  }

  list(): PaneInfo[] {
    return [...this.#panes.values()].map(pane => pane.info)
  }

  has(id: PaneId): boolean {
    return this.#panes.has(id)
  }

  get running(): number {
    return this.list().filter(info => !info.exit).length + this.#starting.size
  }

  /** Throws `no-such-pane`. */
  terminal(id: PaneId): Terminal {
    return this.#get(id).terminal
  }

  note(id: PaneId, meta: PaneInfo['meta']): void {
    const pane = this.#get(id)
    this.#change(pane, {meta: {...pane.info.meta, ...meta}})
  }

  resize(id: PaneId, cols: number, rows: number): void {
    const pane = this.#get(id)
    pane.terminal.resize(cols, rows)
    if (pane.info.cols === pane.terminal.cols && pane.info.rows === pane.terminal.rows) return
    this.#change(pane, {cols: pane.terminal.cols, rows: pane.terminal.rows})
  }

  /** Ends the program and every process of its session; resolves once all are gone and the screen is final. */
  async stop(id: PaneId, graceMs: number): Promise<void> {
    const pane = this.#get(id)
    const {session, exit, pid} = pane.info
    await endSession({session, ...(exit ? {} : {root: pid}), graceMs, clock: this.#clock})
    await pane.exited.promise
  }

  /** Throws `pane-running`. */
  async close(id: PaneId): Promise<void> {
    const {info} = this.#get(id)
    if (!info.exit) {
      throw new ClambakeError({
        code: 'pane-running',
        message: `The program in pane ${id} still runs`,
        kept: 'it keeps running',
        next: 'stop it first',
      })
    }
    await endSession({session: info.session, graceMs: SURVIVOR_GRACE_MS, clock: this.#clock})
    this.#forget(id)
  }

  async stopAll(graceMs: number): Promise<number> {
    const running = this.list().filter(info => !info.exit)
    await Promise.all(running.map(info => this.stop(info.pane, graceMs)))
    return running.length
  }

  #start(spec: PaneSpec, mailbox: MailboxAddress): PaneInfo {
    const exited = Promise.withResolvers<void>()
    const terminal = new Terminal({
      spec: {...spec, env: environmentOf(spec, mailbox)},
      scheduler: this.#scheduler,
      frameClock: this.#frameClock,
      clock: this.#clock,
      onProgramCall: call => this.#onProgramCall(spec.pane, call),
      onExit: ({code, signal}) => {
        this.#change(pane, {exit: {code, signal, at: this.#clock.now()}})
        exited.resolve()
      },
    })
    const pane: Pane = {
      spec,
      terminal,
      exited,
      info: {
        pane: spec.pane,
        title: spec.title,
        session: spec.session,
        meta: spec.meta,
        cwd: spec.cwd,
        cols: terminal.cols,
        rows: terminal.rows,
        pid: terminal.pid,
        startedAt: this.#clock.now(),
        exit: null,
      },
    }
    this.#panes.set(spec.pane, pane)
    this.#onChange(pane.info)
    return pane.info
  }

  /** Throws if the pane or its session already runs a program. */
  checkFree(spec: PaneSpec): void {
    const present = this.#panes.get(spec.pane)
    if (this.#starting.has(spec.pane) || (present && !present.info.exit)) {
      throw new ClambakeError({
        code: 'pane-exists',
        message: `Pane ${spec.pane} already runs a program`,
        next: 'clambake status --agents-only shows what runs',
      })
    }
    const other = this.list().find(info => info.session === spec.session && !info.exit)
    if (other) {
      throw new ClambakeError({
        code: 'session-busy',
        message: `Session ${spec.session} runs in pane ${other.pane} since ${utcMinute(other.startedAt)}`,
        next: 'stop that pane first',
      })
    }
  }

  #get(id: PaneId): Pane {
    const pane = this.#panes.get(id)
    if (pane) return pane
    throw new ClambakeError({code: 'no-such-pane', message: `There is no pane ${id} here`})
  }

  #change(pane: Pane, change: Partial<PaneInfo>): void {
    pane.info = {...pane.info, ...change}
    if (this.#panes.get(pane.info.pane) === pane) this.#onChange(pane.info)
  }

  #forget(id: PaneId): void {
    this.#panes.get(id)?.terminal[Symbol.dispose]()
    this.#panes.delete(id)
  }
}

/** Gives the pane's environment: its owner's choice and the terminal's variables, nothing of the host's own. */
function environmentOf(spec: PaneSpec, mailbox: MailboxAddress): Record<string, string> {
  return {
    ...spec.env,
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    [SESSION_VARIABLE]: spec.session,
    CLAMBAKE_MAILBOX_URL: mailbox.url,
    CLAMBAKE_MAILBOX_TOKEN: mailbox.token,
  }
}
