import {spawn} from 'node-pty'
import {disposable} from '../../src/base/dispose.ts'
import type {MailItem, PaneInfo, PaneSpec} from '../../src/model/data/pane.ts'
import type {HostGateway} from '../../src/model/gateways/host.ts'
import {Emulator} from '../../src/terminal/emulator.ts'
import {endLeftBehind, findLeftBehind} from '../../src/terminal/left-behind.ts'
import {type Mailbox, startMailbox} from '../fixtures/agent/harness.ts'

export type PtyHost = HostGateway &
  AsyncDisposable & {specs: PaneSpec[]; written: string[]; answers: Map<number, unknown>}

/** A terminal host within the test's process: real PTYs, one real mailbox for each pane. */
export function ptyHost(): PtyHost {
  type Pane = {info: PaneInfo; pty: ReturnType<typeof spawn>; mailbox: Mailbox; output: string; screen: Emulator}
  const panes = new Map<string, Pane>()
  const mail: MailItem[] = []
  const answers = new Map<number, unknown>()
  const mailListeners = new Set<(item: MailItem) => void>()
  const paneListeners = new Set<(info: PaneInfo) => void>()
  const specs: PaneSpec[] = []
  const written: string[] = []
  const pending = new Map<number, (body: unknown) => void>()
  const paneOf = (id: string) => {
    const entry = panes.get(id)
    if (!entry) throw new Error(`no pane ${id}`)
    return entry
  }
  const ended = (id: string) => {
    const {info} = paneOf(id)
    return info.exit
      ? Promise.resolve()
      : new Promise<void>(resolve => {
          paneListeners.add(changed => {
            if (changed.pane === id && changed.exit) resolve()
          })
        })
  }
  return {
    specs,
    written,
    answers,
    async spawn(spec) {
      specs.push(spec)
      const mailbox = await startMailbox()
      mailbox.onMail(({kind, body, reply, answer}) => {
        const item = {seq: mail.length + 1, pane: spec.pane, at: Date.now(), kind, body, reply}
        mail.push(item)
        pending.set(item.seq, answer)
        for (const listener of mailListeners) listener(item)
      })
      const [file, ...args] = spec.command
      const {cols, rows, cwd, env} = spec
      const pty = spawn(file, args, {cols, rows, cwd, env: {...env, ...mailbox.env, TERM: 'xterm-256color'}})
      const {pane, title, session, meta} = spec
      const info = {pane, title, session, meta, cwd, cols, rows, pid: pty.pid, startedAt: Date.now(), exit: null}
      const screen = new Emulator({cols, rows, reply: data => pty.write(data)})
      const entry = {info: info as PaneInfo, pty, mailbox, output: '', screen}
      panes.set(pane, entry)
      pty.onData(data => {
        entry.output += data
        screen.write(data)
      })
      pty.onExit(({exitCode, signal}) => {
        entry.info = {...entry.info, exit: {code: exitCode, signal: signal || null, at: Date.now()}}
        for (const listener of paneListeners) listener(entry.info)
      })
      return entry.info
    },
    panes: async () => [...panes.values()].map(({info}) => info),
    output: async () => [...panes].map(([pane, {output}]) => ({pane, chars: output.length})),
    async note(pane, meta) {
      const entry = paneOf(pane)
      entry.info = {...entry.info, meta: {...entry.info.meta, ...meta}}
    },
    async write(pane, data) {
      written.push(data)
      paneOf(pane).pty.write(data)
    },
    async stop(pane) {
      const {info, pty} = paneOf(pane)
      if (!info.exit) process.kill(pty.pid, 'SIGTERM')
      await ended(pane)
    },
    async close(pane) {
      await paneOf(pane).mailbox[Symbol.asyncDispose]()
      panes.delete(pane)
    },
    leftBehind: findLeftBehind,
    endLeftBehind: (place, {graceMs}) => endLeftBehind({...place, graceMs}),
    text: async (pane, lines) => paneOf(pane).screen.text(lines),
    mail: async after => mail.filter(item => item.seq > after),
    async answer(seq, body) {
      answers.set(seq, body)
      pending.get(seq)?.(body)
    },
    onMail(listener) {
      mailListeners.add(listener)
      return disposable(() => mailListeners.delete(listener))
    },
    onPane(listener) {
      paneListeners.add(listener)
      return disposable(() => paneListeners.delete(listener))
    },
    async [Symbol.asyncDispose]() {
      for (const {info, pty, mailbox} of panes.values()) {
        if (!info.exit) process.kill(pty.pid, 'SIGKILL')
        await ended(info.pane)
        await mailbox[Symbol.asyncDispose]()
      }
    },
  }
}
