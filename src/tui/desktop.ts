import {messageOf} from '../base/errors.ts'
import type {Log} from '../base/log.ts'
import {run} from '../base/run.ts'
import type {Desktop} from '../client/commands/binding.ts'

/** Terminals drop an OSC 52 that is longer than about 100,000 bytes; base64 makes four of three. */
const MAX_COPY_BYTES = 74_000
/** Openers return at once; one that does not has no desktop to open on. */
const OPEN_MS = 5000

type Output = {write(data: string): unknown}

/**
 * Puts text into the clipboard of the person's own terminal (OSC 52), also over ssh. Only ever called for a key that
 * the person pressed: what agents write never reaches the terminal as sequences. Gives false and writes nothing when
 * the text is too long for terminals.
 */
export function copyToTerminal(output: Output, text: string): boolean {
  const bytes = Buffer.from(text, 'utf8')
  if (bytes.length > MAX_COPY_BYTES) return false
  output.write(`\x1b]52;c;${bytes.toString('base64')}\x07`)
  return true
}

/** The machine in front of the person: its browser, where there is a desktop, and its clipboard. */
export function desktopOf(options: {stdout: Output; env: NodeJS.ProcessEnv; log: Log}): Desktop {
  const {stdout, env, log} = options
  const opener = openerOf(env, process.platform)
  return {
    copy: text => copyToTerminal(stdout, text),
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

/** The program that opens addresses; undefined without a display to open them on. */
export function openerOf(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | undefined {
  if (platform === 'darwin') return env.SSH_CONNECTION ? undefined : 'open'
  return env.DISPLAY || env.WAYLAND_DISPLAY ? 'xdg-open' : undefined
}

/** Openers start programs for other schemes, and take a leading dash for an option. */
function isWebAddress(url: string): boolean {
  return /^https?:$/.test(URL.parse(url)?.protocol ?? '')
}
