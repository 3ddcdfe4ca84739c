import {messageOf} from './errors.ts'

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

/** Runs a program from this process, never through a shell; never rejects. */
export async function execute(request: Request, signal?: AbortSignal): Promise<Outcome> {
  try {
    return await start(request, signal)
  } catch (error) {
    // It was refused before it was started: no program takes a null byte in an argument.
    const nothing = {exitCode: undefined, signal: undefined, stdout: '', stderr: ''}
    return {...nothing, timedOut: false, isUnknown: false, failure: messageOf(error)}
  }
}

async function start(request: Request, signal: AbortSignal | undefined): Promise<Outcome> {
  // Loaded on first use: a command that only calls the daemon starts faster without it.
  const {execa} = await import('execa')
  const result = await execa(request.file, [...request.args], {
    ...(request.cwd === undefined ? {} : {cwd: request.cwd}),
    ...(request.input === undefined ? {stdin: 'ignore'} : {input: request.input}),
    ...(request.timeoutMs === undefined ? {} : {timeout: request.timeoutMs}),
    ...(signal === undefined ? {} : {cancelSignal: signal}),
    env: request.env,
    extendEnv: false,
    reject: false,
    maxBuffer: 256 * 1024 * 1024,
    ...(request.bytes ? {encoding: 'buffer', stripFinalNewline: {stdout: false, stderr: true}} : {}),
  })
  return {
    exitCode: result.exitCode,
    signal: result.signal,
    timedOut: result.timedOut,
    isUnknown: false,
    stdout: result.stdout as string | Uint8Array,
    stderr: textOf(result.stderr as string | Uint8Array),
    failure: result.failed ? (result.shortMessage ?? '') : null,
  }
}

function textOf(output: string | Uint8Array): string {
  return typeof output === 'string' ? output : Buffer.from(output).toString()
}
