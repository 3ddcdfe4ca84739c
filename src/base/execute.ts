import {spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {isSystemError, messageOf} from './errors.ts'
import {endingOf} from './processes/end-tree.ts'

/** What a program may print at most: what is longer than this was not meant to be read. */
const MAX_BYTES = 256 * 1024 * 1024
/** The pause between two looks whether an output says more. */
const LOOK_MS = 100
/** How long the outputs of an ended program may stay silent while another program, which it left behind, has them open. */
const LEFT_OPEN_MS = 2_000

export type Request = {
  file: string
  args: readonly string[]
  cwd?: string
  /** The whole environment of the program; it inherits nothing. */
  env: NodeJS.ProcessEnv
  input?: string | Uint8Array
  timeoutMs?: number
  /** Gives the output as it came; default: text without the last newline. */
  bytes?: boolean
  /** A program that prints more, to one of its outputs, is ended. */
  maxBytes?: number
}

/** How a program ended. Plain data, so that it can come from another process. */
export type Outcome = {
  /** Undefined: it could not be started, or a signal ended it. */
  exitCode: number | undefined
  signal: NodeJS.Signals | undefined
  timedOut: boolean
  /** The process that started it ended before it, so nothing more is known. */
  isUnknown: boolean
  stdout: string | Uint8Array
  stderr: string
  /** What went wrong, for a person; null when the program ran to its end. */
  failure: string | null
}

/**
 * Runs a program from this process, never through a shell; never rejects. By Node's own means: a library that does the
 * same took half of what a start costs, and a daemon starts git many times a second.
 */
export async function execute(request: Request, signal?: AbortSignal): Promise<Outcome> {
  try {
    return await start(request, signal)
  } catch (error) {
    // It was refused before it was started: no program takes a null byte in an argument.
    return notStarted(messageOf(error))
  }
}

/** The outcome of a program that was not started, for this reason. */
export function notStarted(failure: string): Outcome {
  return {exitCode: undefined, signal: undefined, timedOut: false, isUnknown: false, stdout: '', stderr: '', failure}
}

function start(request: Request, signal: AbortSignal | undefined): Promise<Outcome> {
  const {file, args, cwd, env, input, timeoutMs, bytes, maxBytes = MAX_BYTES} = request
  const child = spawn(file, args, {cwd, env, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe']})
  const refused = Promise.withResolvers<Outcome>()
  // With a process id it runs, and was only not reached by a signal.
  child.on('error', error => child.pid ?? refused.resolve(notStarted(startFailure(error, request))))
  const closed = Promise.withResolvers<void>()
  const ending = endingOf(child)
  let why: string | null = null
  const endAs = (reason: string) => {
    why ??= reason
    ending.begin()
  }
  const overflow = () => endAs(`it printed more than ${maxBytes} bytes`)
  const stdout = collect(child.stdout, maxBytes, overflow)
  const stderr = collect(child.stderr, maxBytes, overflow)
  // It may end before it has read all; what it makes of that, its exit code says.
  child.stdin?.on('error', () => {})
  child.stdin?.end(input)
  let timedOut = false
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true
          endAs(`it took over ${timeoutMs} ms`)
        }, timeoutMs)
  const cancel = () => endAs('it was ended on request')
  signal?.addEventListener('abort', cancel, {once: true})
  if (signal?.aborted) cancel()

  const silence = silenceOf([stdout, stderr], closed.resolve)
  child.once('exit', silence.begin)
  child.once('close', closed.resolve)
  void ending.over.then(silence.begin)

  const ended = closed.promise.then(async (): Promise<Outcome> => {
    clearTimeout(timer)
    await ending.end()
    const [code, endedBy] = [child.exitCode, child.signalCode]
    const isCut = stdout.isCut() || stderr.isCut()
    return {
      // What was cut off must not pass for a whole answer.
      exitCode: isCut ? undefined : (code ?? undefined),
      signal: endedBy ?? undefined,
      timedOut,
      isUnknown: false,
      stdout: bytes ? stdout.bytes() : textOf(stdout.bytes()),
      stderr: textOf(stderr.bytes()),
      failure: why ?? (code === 0 ? null : `it ended with ${endedBy ?? code}`),
    }
  })
  return Promise.race([refused.promise, ended]).finally(() => {
    clearTimeout(timer)
    silence.stop()
    for (const output of [child.stdin, child.stdout, child.stderr]) output?.destroy()
    signal?.removeEventListener('abort', cancel)
  })
}

/** A folder that is missing is reported by the system as if the program were. */
function startFailure(error: Error, {cwd}: Request): string {
  if (cwd !== undefined && isSystemError(error, 'ENOENT') && !existsSync(cwd)) return `there is no folder ${cwd}`
  return error.message
}

/** Once begun, calls `found` after no output has given anything for a while; each look lets what is there be read first. */
function silenceOf(outputs: readonly {size(): number}[], found: () => void) {
  let timer: NodeJS.Timeout | undefined
  const size = () => outputs.reduce((sum, output) => sum + output.size(), 0)
  const look = (before: number, silentMs: number) => {
    const now = size()
    const ms = now === before ? silentMs + LOOK_MS : 0
    if (ms >= LEFT_OPEN_MS) return found()
    timer = setTimeout(look, LOOK_MS, now, ms)
  }
  return {
    begin(): void {
      timer ??= setTimeout(look, LOOK_MS, size(), 0)
    },
    stop: () => clearTimeout(timer),
  }
}

/** Gathers an output up to `maxBytes`; calls `overflow` when there is more. There is none of what was not started. */
function collect(output: NodeJS.ReadableStream | null | undefined, maxBytes: number, overflow: () => void) {
  const chunks: Buffer[] = []
  let length = 0
  output?.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= maxBytes) chunks.push(chunk)
    else overflow()
  })
  return {bytes: () => Buffer.concat(chunks), isCut: () => length > maxBytes, size: () => length}
}

/** Without the last newline, and without the mark that some editors put before a text. */
function textOf(output: Uint8Array): string {
  return new TextDecoder().decode(output).replace(/\r?\n$/, '')
}
