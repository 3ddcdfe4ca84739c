import type {FakeClock} from '../../fixtures/clock/clock.ts'
import type {Terminal} from '../../src/agents/terminal/deliver.ts'
import {disposable} from '../../src/base/dispose.ts'
import type {MailItem, PaneInfo} from '../../src/model/data/pane.ts'

const RULE = '─'.repeat(100)
const PASTE = /^\x1b\[200~([\s\S]*)\x1b\[201~$/

/**
 * A terminal host in memory with Claude's input line, as it was seen of 2.1.329: `!` at its start is shell mode, Ctrl+S
 * puts a draft aside and brings it back into an empty line, and a sent prompt brings it back by itself.
 */
export function lineClient(clock: FakeClock) {
  const mail: MailItem[] = []
  const mailListeners = new Set<(item: MailItem) => void>()
  const paneListeners = new Set<(info: PaneInfo) => void>()
  const startedAt = clock.now()
  const info: PaneInfo = {
    pane: 'p',
    title: 'agent001',
    session: 's',
    meta: {},
    cwd: '/',
    cols: 80,
    rows: 24,
    pid: 1,
    startedAt,
    exit: null,
  }
  const written: [ms: number, data: string][] = []
  const client = {
    /** What stands in the line; a long paste is shown as a word. */
    line: '',
    shown: '',
    stash: null as string | null,
    /** Shown while the line is empty. */
    hint: '',
    /** A dialog instead of the line. */
    dialog: false,
    /** Prompts and shell commands that were sent. */
    prompts: [] as string[],
    shells: [] as string[],
    /** Enters that are lost first. */
    deaf: 0,
    /** What was typed is drawn later. */
    lag: [] as string[],
    slow: false,
  }
  const set = (line: string, shown = line) => Object.assign(client, {line, shown})

  function press(data: string): void {
    const paste = PASTE.exec(data)?.[1]
    if (client.dialog) return
    if (paste !== undefined) {
      const lines = paste.split('\n').length - 1
      set(client.line + paste, client.shown + (lines > 2 ? `[Pasted text #1 +${lines} lines]` : paste))
    } else if (data === '\r') submit()
    else if (data === '\x13') {
      if (client.line === '' || client.line === '!') {
        if (client.stash === null || client.line === '!') return
        set(client.stash)
        client.stash = null
      } else {
        client.stash = client.line
        set('')
      }
    } else {
      for (const key of data) {
        if (key === '\x7f') set(client.line.slice(0, -1), client.shown.slice(0, -1))
        else if (key === '\x15') set(client.line.startsWith('!') ? '!' : '')
        else set(client.line + key, client.shown + key)
      }
    }
  }

  function submit(): void {
    if (client.deaf > 0) {
      client.deaf--
      return
    }
    const {line, stash} = client
    if (line === '') return
    set(stash ?? '')
    client.stash = null
    if (line.startsWith('!')) client.shells.push(line.slice(1))
    else {
      client.prompts.push(line)
      post('UserPromptSubmit', 'p', {prompt: line})
    }
  }

  function screen(): string {
    if (client.dialog)
      return [RULE, ' Bash command', ' node -e 5', ' Do you want to proceed?', ' ❯ 1. Yes', '   2. No'].join('\n')
    const shell = client.shown.startsWith('!')
    const text = shell ? client.shown.slice(1) : client.shown
    const stashed = client.stash === null ? '' : ' · draft stashed'
    const [first = '', ...rest] = (client.line === '' ? client.hint : text).match(/.{1,90}/g) ?? ['']
    return [
      `◐ medium · /effort${stashed}`,
      RULE,
      `${shell ? '!' : '❯'} ${first}`,
      ...rest.map(line => `  ${line}`),
      RULE,
      '  ⏵⏵ accept edits on (shift+tab to cycle)',
    ].join('\n')
  }

  function post(kind: string, pane = 'p', body: unknown = {}): void {
    const item = {seq: mail.length + 1, pane, at: clock.now(), kind, body, reply: false}
    mail.push(item)
    for (const listener of mailListeners) listener(item)
  }

  const terminal: Terminal = {
    panes: async () => [info],
    async write(_, data) {
      written.push([clock.now() - startedAt, data])
      if (client.slow) client.lag.push(data)
      else press(data)
    },
    text: async () => screen(),
    mail: async after => mail.filter(item => item.seq > after),
    onMail(listener) {
      mailListeners.add(listener)
      return disposable(() => mailListeners.delete(listener))
    },
    onPane(listener) {
      paneListeners.add(listener)
      return disposable(() => paneListeners.delete(listener))
    },
  }
  return {
    terminal,
    client,
    written,
    post,
    press,
    /** Draws what was typed while it was slow. */
    wake() {
      client.slow = false
      for (const data of client.lag.splice(0)) press(data)
    },
    listeners: () => mailListeners.size + paneListeners.size,
    end() {
      info.exit = {code: 1, signal: null, at: clock.now()}
      for (const listener of paneListeners) listener(info)
    },
  }
}
