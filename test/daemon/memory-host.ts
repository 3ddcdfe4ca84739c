import type {Clock} from '../../src/base/clock.ts'
import {disposable} from '../../src/base/dispose.ts'
import {ClambakeError} from '../../src/base/errors.ts'
import type {StoredEvent} from '../../src/model/data/event.ts'
import type {PaneId} from '../../src/model/data/ids.ts'
import {isUntold, type Message} from '../../src/model/data/message.ts'
import type {LeftBehind, MailItem, PaneInfo, PaneSpec} from '../../src/model/data/pane.ts'
import type {HostGateway} from '../../src/model/gateways/host.ts'
import type {HubGateway} from '../../src/model/gateways/hub.ts'
import type {Instance} from '../../src/model/hub/instance.ts'

/** What an agent does with a prompt; it speaks through `host.say` and works through the git beside it. */
export type Play = (pane: PaneInfo, prompt: string) => void
/** How a command of the configuration ends; null: it hangs. */
export type Run = (spec: PaneSpec) => {code: number; signal?: number; text?: string} | null

/** Panes without terminals. An agent is ready when it starts, takes a prompt with Enter and then does what `play` says. */
export type MemoryHost = HostGateway & {
  readonly all: Map<PaneId, PaneInfo>
  /** Prompts that were taken, in order. */
  readonly prompts: {pane: PaneId; ticket: number; text: string}[]
  play: Play
  /** The client's own commands that were typed, in order; no hook reports them. */
  readonly commands: string[]
  /** What an agent does with such a command. */
  obey: Play
  /** Panes whose programs draw nothing. */
  readonly silent: Set<PaneId>
  /** What the screen says below the input line: a client at work says `esc to interrupt`. */
  readonly hints: Map<PaneId, string>
  /** What ended programs left running, by folder. */
  readonly left: Map<string, readonly LeftBehind[]>
  /** Whole screens, instead of an input line. */
  readonly screens: Map<PaneId, string>
  run: Run
  /** Commands of the configuration that were run, in order. */
  readonly ran: PaneSpec[]
  live(): PaneInfo[]
  /** Posts to a pane's mailbox as the agent's hooks do. */
  say(pane: PaneId, kind: string, body?: object): void
  /** The agent's process ends by itself, after it wrote `text`. */
  exit(pane: PaneId, end?: {code?: number; signal?: number; text?: string}): void
  /** Called with each new pane. */
  spawned: (pane: PaneInfo) => void
  /** Posts a request (default: for a permission) and holds it for an answer; returns its number. */
  ask(pane: PaneId, body: object, kind?: string): number
  /** The answers, by number. */
  readonly answers: Map<number, unknown>
  /** The sender of a request no longer waits. */
  giveUp(seq: number): void
}

const RULE = '─'.repeat(80)
const PASTE = /\x1b\[200~[\s\S]*\x1b\[201~/

export function memoryHost(clock: Clock): MemoryHost {
  const all = new Map<PaneId, PaneInfo>()
  const mail: MailItem[] = []
  const texts = new Map<PaneId, string>()
  const pasted = new Map<PaneId, string>()
  const written = new Map<PaneId, number>()
  const hints = new Map<PaneId, string>()
  const mailListeners = new Set<(item: MailItem) => void>()
  const paneListeners = new Set<(info: PaneInfo) => void>()

  /** A dialog while it asks, else the input line and what stands below it. */
  const screenOf = (pane: PaneId): string => {
    if (mail.some(item => item.pane === pane && item.kind === 'PermissionRequest' && item.reply)) return 'Allow it?'
    const typed = (pasted.get(pane) ?? '').replace(PASTE, '[Pasted text #1]')
    return [RULE, `❯ ${typed}`, RULE, `  ${hints.get(pane) ?? ''}`].join('\n')
  }
  /** As the host answers about a pane that another host had, or that was closed. */
  const known = (pane: PaneId): PaneInfo => {
    const info = all.get(pane)
    if (!info) throw new ClambakeError({code: 'no-such-pane', message: `There is no pane ${pane} here`})
    return info
  }
  const change = (info: PaneInfo): void => {
    all.set(info.pane, info)
    for (const listener of paneListeners) listener(info)
  }
  const post = (said: Pick<MailItem, 'pane' | 'kind' | 'body' | 'reply'>): number => {
    const item = {...said, seq: mail.length + 1, at: clock.now()}
    mail.push(item)
    for (const listener of mailListeners) listener(item)
    return item.seq
  }
  const settled = (seq: number): void => {
    mail[seq - 1] = {...mail[seq - 1]!, reply: false}
  }
  const host: MemoryHost = {
    all,
    prompts: [],
    play: () => {},
    commands: [],
    obey: () => {},
    silent: new Set(),
    ran: [],
    run: () => ({code: 0}),
    live: () => [...all.values()].filter(info => !info.exit),
    hints,
    screens: new Map(),
    say(pane, kind, body = {}) {
      if (kind === 'UserPromptSubmit') hints.set(pane, 'esc to interrupt')
      if (kind === 'Stop' || kind === 'StopFailure') hints.delete(pane)
      post({pane, kind, body, reply: false})
    },
    ask: (pane, body, kind = 'PermissionRequest') => post({pane, kind, body, reply: true}),
    answers: new Map(),
    giveUp: settled,
    spawned: () => {},
    exit(pane, {code = 0, signal, text = ''} = {}) {
      const info = all.get(pane)
      if (!info || info.exit) return
      texts.set(pane, text)
      change({...info, exit: {code, signal: signal ?? null, at: clock.now()}})
    },
    async spawn(spec) {
      const {pane, title, session, meta, cwd, cols, rows} = spec
      const info = {pane, title, session, meta, cwd, cols, rows, pid: all.size + 1, startedAt: clock.now(), exit: null}
      change(info)
      host.spawned(info)
      // It may have ended at once.
      if (meta.job === undefined && all.get(pane)?.exit) return info
      if (meta.job === undefined) host.say(pane, 'SessionStart')
      else {
        host.ran.push(spec)
        const end = host.run(spec)
        texts.set(pane, end?.text ?? '')
        if (end) change({...info, exit: {code: end.code, signal: end.signal ?? null, at: clock.now()}})
      }
      return info
    },
    panes: async () => [...all.values()],
    output: async () => {
      for (const {pane} of host.live()) if (!host.silent.has(pane)) written.set(pane, clock.now())
      return host.live().map(({pane}) => ({pane, chars: written.get(pane) ?? 0}))
    },
    async note(pane, meta) {
      const info = known(pane)
      change({...info, meta: {...info.meta, ...meta}})
    },
    async write(pane, data) {
      const info = known(pane)
      if (info.exit) return
      if (data === '\x15') return void pasted.delete(pane)
      if (/^\x7f+$/.test(data)) return void pasted.set(pane, (pasted.get(pane) ?? '').slice(0, -data.length))
      if (data !== '\r') return void pasted.set(pane, (pasted.get(pane) ?? '') + data)
      const text = pasted.get(pane) ?? ''
      pasted.delete(pane)
      if (text.startsWith('/')) {
        host.commands.push(text)
        return host.obey(info, text)
      }
      host.say(pane, 'UserPromptSubmit', {prompt: text})
      host.prompts.push({pane, ticket: Number(info.meta.ticket), text})
      host.play(info, text)
    },
    async stop(pane) {
      known(pane)
      host.exit(pane)
    },
    async close(pane) {
      known(pane)
      all.delete(pane)
    },
    async text(pane) {
      known(pane)
      return texts.get(pane) ?? host.screens.get(pane) ?? screenOf(pane)
    },
    left: new Map(),
    leftBehind: async ({folder}) => host.left.get(folder) ?? [],
    async endLeftBehind({folder}) {
      const ended = host.left.get(folder) ?? []
      host.left.delete(folder)
      return ended
    },
    mail: async after => mail.filter(item => item.seq > after),
    async answer(seq, body) {
      if (!mail[seq - 1]?.reply) throw new ClambakeError({code: 'no-such-mail', message: 'No one waits'})
      settled(seq)
      host.answers.set(seq, body)
    },
    onMail(listener) {
      mailListeners.add(listener)
      return disposable(() => mailListeners.delete(listener))
    },
    onPane(listener) {
      paneListeners.add(listener)
      return disposable(() => paneListeners.delete(listener))
    },
  }
  return host
}

export type MemoryHub = HubGateway & {readonly events: StoredEvent[]; readonly said: Message[]}

export function memoryHub(clock: Clock): MemoryHub {
  const events: StoredEvent[] = []
  const instances = new Map<string, Instance>()
  const said: Message[] = []
  return {
    events,
    append: event => void events.push({...event, seq: events.length + 1, at: clock.now(), repository: 'acme/widgets'}),
    said,
    recent: async limit => events.slice(-limit),
    history: async ({agent, name, limit}) =>
      events
        .filter(event => agent === undefined || event.agent === agent)
        .filter(event => name === undefined || (event.type === 'custom' && event.name === name))
        .slice(-limit),
    async send(message) {
      const before = said.find(({key}) => key !== undefined && key === message.key)
      if (before) return before
      const at = clock.now()
      const kept = {
        ...message,
        id: said.length + 1,
        at,
        expiresAt: message.key === undefined ? at + 24 * 60 * 60_000 : null,
      }
      said.push(kept)
      return kept
    },
    async messageDelivered(id) {
      said[id - 1]!.deliveredAt ??= clock.now()
    },
    async messageExpired(id) {
      const message = said[id - 1]!
      if (message.deliveredAt !== null) return
      const isOver = message.key !== undefined || isUntold(message, clock.now())
      message.expiresAt = isOver ? message.at : Math.min(clock.now(), message.expiresAt ?? clock.now())
    },
    messages: async ({to, kept, limit}) =>
      said
        .filter(message => to === undefined || message.to === to)
        .filter(({key}) => !kept || key !== undefined)
        .reverse()
        .slice(0, limit),
    register: async ({pid: _pid, ...instance}) =>
      void instances.set(instance.id, {...instance, project: 'acme/widgets', heartbeatAt: clock.now()}),
    deregister: async id => void instances.delete(id),
    instances: async () => [...instances.values()],
    flush: async () => {},
  }
}
