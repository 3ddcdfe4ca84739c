import {join} from 'node:path'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {run} from '../../src/base/run.ts'
import {OuterTerminal} from './outer.ts'
import type {Size} from './stage.ts'

export type Tmux = AsyncDisposable & {
  readonly terminal: OuterTerminal
  /** Server and client. */
  readonly pids: readonly number[]
}

type Command = readonly [string, ...string[]]

/** A tmux of its own, without anybody's configuration: one pane for each command, side by side. */
export async function openTmux(commands: readonly [Command, ...Command[]], size: Size): Promise<Tmux> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder('clambake-tmux-')).path
  const env = sealedEnv(folder)
  const base = ['-f', '/dev/null', '-S', join(folder, 'socket')]
  const tmux = async (...args: string[]) => (await run('tmux', {args: [...base, ...args], env})).stdout
  const [first, ...others] = commands
  const terminal = new OuterTerminal({
    command: ['tmux', ...base, 'set', '-g', 'history-limit', '5000', ';', 'new-session', ...first],
    cwd: folder,
    env,
    ...size,
  })
  stack.use(terminal)
  await terminal.firstBytes()
  stack.defer(async () => void (await tmux('kill-server')))
  for (const command of others) {
    await tmux('split-window', '-d', ...command)
    await tmux('select-layout', 'tiled')
  }
  const server = Number(await tmux('display-message', '-p', '#{pid}'))
  const disposables = stack.move()
  return {terminal, pids: [server, terminal.pid], [Symbol.asyncDispose]: () => disposables.disposeAsync()}
}

/** Whether there is a tmux to compare with. */
export async function hasTmux(): Promise<boolean> {
  try {
    await run('tmux', {args: ['-V'], env: sealedEnv('/')})
    return true
  } catch {
    return false // Not installed: the figures have no reference.
  }
}
