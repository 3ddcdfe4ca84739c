/**
 * This file has no imports: it runs before anything heavy is loaded, so that the screen answers at once.
 */

/** Sets the alternate screen, a hidden cursor and no wrapping at the right edge: the last cell must not scroll the screen. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J'
/** Sets bracketed paste, mouse buttons and wheel as SGR reports, and focus events. */
const INPUT_ON = '\x1b[?2004h\x1b[?1000h\x1b[?1006h\x1b[?1004h'
/** Resets all of it in reverse order, and an unfinished synchronized output, the style and the cursor's shape. */
export const LEAVE = '\x1b[?2026l\x1b[?1004l\x1b[?1006l\x1b[?1000l\x1b[?2004l\x1b[m\x1b[0 q\x1b[?7h\x1b[?25h\x1b[?1049l'

const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

export type ModeOutput = {write(data: string): boolean}
export type ModeInput = {isRaw?: boolean; setRawMode?(raw: boolean): unknown}

/**
 * Holds the terminal in the screen's mode. Every end of the process that it can notice restores the terminal first:
 * disposal, exit, the usual signals (which then take effect), a stop by the shell (from which it comes back) and an
 * uncaught error (which is then printed where it can be read). SIGKILL cannot be noticed: that is the guard's task.
 */
export class TerminalMode implements Disposable {
  readonly #output: ModeOutput
  readonly #restore = () => this[Symbol.dispose]()
  readonly #continued = () => this.#resume()
  readonly #stopped = () => this.#stop()
  readonly #signalled = (signal: NodeJS.Signals) => {
    this[Symbol.dispose]()
    process.kill(process.pid, signal)
  }
  #input: ModeInput | null = null
  #wasRaw = false
  #isOurs = true
  /** Called when the terminal has been restored. */
  onRestored: () => void = () => {}
  /** Called when the process continues after a stop; other programs have drawn on the screen. */
  onContinued: () => void = () => {}

  constructor(output: ModeOutput) {
    this.#output = output
    output.write(ENTER)
    process.on('exit', this.#restore)
    process.on('uncaughtExceptionMonitor', this.#restore)
    process.on('SIGCONT', this.#continued)
    process.on('SIGTSTP', this.#stopped)
    for (const signal of ENDING_SIGNALS) process.on(signal, this.#signalled)
  }

  /** Makes the terminal send every key at once, and pastes, the mouse and focus changes as sequences. */
  grabInput(input: ModeInput): void {
    this.#input = input
    this.#wasRaw = input.isRaw ?? false
    input.setRawMode?.(true)
    this.#output.write(INPUT_ON)
  }

  [Symbol.dispose](): void {
    if (!this.#isOurs) return
    this.#isOurs = false
    process.off('exit', this.#restore)
    process.off('uncaughtExceptionMonitor', this.#restore)
    process.off('SIGCONT', this.#continued)
    process.off('SIGTSTP', this.#stopped)
    for (const signal of ENDING_SIGNALS) process.off(signal, this.#signalled)
    this.#output.write(LEAVE)
    this.#input?.setRawMode?.(this.#wasRaw)
    this.onRestored()
  }

  /** Stops with all that the shell started with it, such as npm, as its key would without this mode. */
  suspend(): void {
    this.#stop(0)
  }

  /** Gives the terminal back, stops as the shell asked, and takes the terminal again when the process continues. */
  #stop(pid = process.pid): void {
    this.#output.write(LEAVE)
    this.#input?.setRawMode?.(this.#wasRaw)
    // It returns when the process continues.
    process.kill(pid, 'SIGSTOP')
    this.#resume()
  }

  #resume(): void {
    // The shell has changed the terminal's settings, which Node does not know: only a change is made. In the background
    // the system stops the process here, before it writes anything.
    this.#input?.setRawMode?.(false)
    this.#input?.setRawMode?.(true)
    this.#output.write(ENTER)
    if (this.#input) this.#output.write(INPUT_ON)
    this.onContinued()
  }
}
