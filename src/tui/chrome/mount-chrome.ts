import {PassThrough} from 'node:stream'
import chalk from 'chalk'
import {type Instance, render} from 'ink'
import type {ReactNode} from 'react'
import type {FakeStdout} from './chrome-screen.ts'

/**
 * High enough that Ink never waits: it would wait twice, before it draws and before it writes. Nothing draws often here:
 * state changes come in batches, spinners and clocks are slow, and the painter has its own throttle.
 */
const MAX_FPS = 1000

/**
 * Mounts the chrome: Ink draws into the chrome screen. Its keyboard stays silent, because keys go through the input
 * router and the store.
 */
export function mountChrome(node: ReactNode, screen: {readonly stdout: FakeStdout}): Instance {
  // Ink would take the depth from the real stdout; here colours are parsed into cells and reduced by the painter.
  chalk.level = 3
  return render(node, {
    stdout: screen.stdout as unknown as NodeJS.WriteStream,
    stderr: screen.stdout as unknown as NodeJS.WriteStream,
    stdin: silentKeyboard(),
    interactive: true,
    alternateScreen: true,
    exitOnCtrlC: false,
    patchConsole: false,
    maxFps: MAX_FPS,
  })
}

function silentKeyboard(): NodeJS.ReadStream {
  const keyboard = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => keyboard,
    ref: () => keyboard,
    unref: () => keyboard,
  })
  return keyboard as unknown as NodeJS.ReadStream
}
