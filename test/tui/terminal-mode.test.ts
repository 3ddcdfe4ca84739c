import {fileURLToPath} from 'node:url'
import {describe, expect, it} from 'vitest'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {type App, openApp} from '../e2e/driver/app.ts'

const PROGRAM = fileURLToPath(new URL('./programs/hold-terminal.ts', import.meta.url))

/** The program as a person starts it, from a shell; then the shell tells the settings of the terminal. */
async function start(): Promise<{app: App; pid: number}> {
  const app = openApp({
    command: 'sh',
    args: [
      '-c',
      'echo before; stty intr ^X; "$0" "$1"; echo "ended with $?"; read -r _; stty -a; read -r _',
      process.execPath,
      PROGRAM,
    ],
    cwd: import.meta.dirname,
    env: sealedEnv('/nonexistent'),
    cols: 80,
    rows: 30,
  })
  await app.sees('c l a m b a k e')
  await app.sees(/pid \d+/)
  return {app, pid: Number(/pid (\d+)/.exec(app.screen())![1])}
}

async function isGivenBack(app: App): Promise<void> {
  await app.until(() => !app.isFullScreen, 'to leave the full screen')
  await app.press('enter')
  await app.sees(/ icanon/)
  const screen = app.screen()
  expect(screen).toContain('before')
  expect(screen).not.toContain('c l a m b a k e')
  expect(screen).toMatch(/[^-]echo\b/)
  // A setting that no default has: the terminal is as it was and not merely sane.
  expect(screen).toContain('intr = ^X')
  expect(app.modes()).toEqual({wrap: true, cursor: true, paste: false, mouse: 'none', focus: false})
}

describe('the terminal is given back', () => {
  it('is ours while the program runs', async () => {
    const {app} = await start()
    await using _ = app
    expect(app.isFullScreen).toBe(true)
    expect(app.modes()).toEqual({wrap: false, cursor: false, paste: true, mouse: 'vt200', focus: true})
  })

  it('when the program leaves', async () => {
    const {app} = await start()
    await using _ = app
    await app.press('q')
    await app.sees('ended with 0')
    await isGivenBack(app)
  })

  it('before an uncaught error is printed', async () => {
    const {app} = await start()
    await using _ = app
    await app.press('t')
    await app.sees('thrown on purpose')
    await app.sees('ended with 1')
    await isGivenBack(app)
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)('on %s, which then takes its course', async signal => {
    const {app, pid} = await start()
    await using _ = app
    process.kill(pid, signal)
    await app.sees(/ended with (?:129|130|131|143)/)
    await isGivenBack(app)
  })

  it('by the guard when the program is killed', async () => {
    const {app, pid} = await start()
    await using _ = app
    process.kill(pid, 'SIGKILL')
    await isGivenBack(app)
  })
})

describe('a program that the shell stops', () => {
  const SCRIPT = [
    'stty intr ^X; "$0" "$1"; echo "stopped by $?"; read -r _; stty -a; read -r _',
    'bg; sleep 1; echo "in the background"; read -r _; fg; echo "ended with $?"; read -r _; stty -a; read -r _',
  ].join('; ')

  it('gives the terminal back until it is in the foreground again', async () => {
    await using app = openApp({
      command: 'sh',
      args: ['-mc', SCRIPT, process.execPath, PROGRAM],
      cwd: import.meta.dirname,
      env: sealedEnv('/nonexistent'),
      cols: 80,
      rows: 40,
    })
    await app.sees(/pid \d+/)
    process.kill(Number(/pid (\d+)/.exec(app.screen())![1]), 'SIGTSTP')
    await app.sees(/stopped by \d+/)
    expect(app.isFullScreen).toBe(false)
    expect(app.modes()).toEqual({wrap: true, cursor: true, paste: false, mouse: 'none', focus: false})
    await app.press('enter')
    await app.sees(/ icanon/)
    await app.press('enter')
    await app.sees('in the background')
    expect(app.isFullScreen).toBe(false)
    await app.press('enter')
    await app.until(() => app.isFullScreen && app.modes().focus, 'to take the full screen again')
    expect(app.modes()).toEqual({wrap: false, cursor: false, paste: true, mouse: 'vt200', focus: true})
    // Without Enter: it gets every key at once.
    await app.press('q')
    await app.sees('ended with 0')
  })

  it('stops by itself with the program that started it', async () => {
    await using app = openApp({
      command: 'sh',
      // A shell in between, as npm has one: it stops too.
      args: [
        '-mc',
        'sh -c \'"$0" "$1"; true\' "$0" "$1"; echo "stopped by $?"; read -r _; fg; echo "ended with $?"; read -r _',
        process.execPath,
        PROGRAM,
      ],
      cwd: import.meta.dirname,
      env: sealedEnv('/nonexistent'),
      cols: 80,
      rows: 30,
    })
    await app.sees(/pid \d+/)
    await app.press('z')
    await app.sees(/stopped by \d+/)
    expect(app.isFullScreen).toBe(false)
    await app.press('enter')
    await app.until(() => app.isFullScreen, 'to take the full screen again')
    await app.press('q')
    await app.sees('ended with 0')
  })
})
