import {messageOf} from '../base/errors.ts'
import type {Log} from '../base/log.ts'
import {readStat} from '../base/processes/stat.ts'
import {run} from '../base/run.ts'
import type {Desktop} from '../client/commands/binding.ts'

/** The longest text to copy: terminals drop an OSC 52 over about 100,000 bytes, and base64 turns three bytes into four. */
const MAX_COPY_BYTES = 74_000
/** The longest wait for an opener: it returns at once, or there is no desktop to open on. */
const OPEN_MS = 5000

type Output = {write(data: string): unknown}

/**
 * Copies text to the clipboard of the person's own terminal (OSC 52), even over ssh. It is called only for a key that the
 * person pressed: agents' output never reaches the terminal as sequences. Gives false and writes nothing if the text is
 * too long for terminals.
 */
export function copyToTerminal(output: Output, text: string): boolean {
  const bytes = Buffer.from(text, 'utf8')
  if (bytes.length > MAX_COPY_BYTES) return false
  output.write(`\x1b]52;c;${bytes.toString('base64')}\x07`)
  return true
}

/** Gives access to the person's own machine: its clipboard, and its browser if there is a desktop. */
export function desktopOf(options: {
  stdout: Output
  env: NodeJS.ProcessEnv
  log: Log
  /** Stops the process with its group. */
  suspend: () => void
}): Desktop {
  const {stdout, env, log, suspend} = options
  const opener = openerOf(env, process.platform)
  return {
    copy: text => copyToTerminal(stdout, text),
    suspend() {
      if (!hasShell()) return false
      suspend()
      return true
    },
    async open(url) {
      if (opener === undefined || !isWebAddress(url)) return false
      try {
        await run(opener, {args: [url], env, timeoutMs: OPEN_MS})
        return true
      } catch (error) {
        log.warn('no browser was opened', {opener, error: messageOf(error)})
        return false
      }
    },
  }
}

/**
 * Whether a shell can continue this process after a stop: one that leads its terminal session, as a window manager or tmux
 * starts it, would stay stopped for good. Without /proc that is not known.
 */
function hasShell(): boolean {
  const stat = readStat(process.pid)
  return stat !== null && stat.group !== stat.leader
}

/** Gives the program that opens addresses; undefined without a display. */
export function openerOf(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | undefined {
  if (platform === 'darwin') return env.SSH_CONNECTION ? undefined : 'open'
  return env.DISPLAY || env.WAYLAND_DISPLAY ? 'xdg-open' : undefined
}

/** Whether it is a web address: openers start programs for other schemes and read a leading dash as an option. */
function isWebAddress(url: string): boolean {
  return /^https?:$/.test(URL.parse(url)?.protocol ?? '')
}
