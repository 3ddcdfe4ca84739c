import {describe, expect, it} from 'vitest'
import {sealedEnv} from '../../../fixtures/repos/env.ts'
import {type App, openApp} from './app.ts'

function shell(script: string): App {
  return openApp({
    command: 'sh',
    args: ['-c', script],
    cwd: import.meta.dirname,
    env: sealedEnv('/nonexistent'),
    cols: 40,
    rows: 8,
  })
}

describe('the driver', () => {
  it('types, presses and sees', async () => {
    await using app = shell('read -r line; echo "got <$line>"; read -r _')
    await app.type('hello')
    await app.press('enter')
    await app.sees('got <hello>')
    await app.sees(/got <h.*o>/)
  })

  it('tells how the program ended', async () => {
    await using failing = shell('exit 3')
    expect(await failing.gone()).toEqual({exitCode: 3, signal: undefined})
    await using killed = shell('read -r _')
    killed.kill('SIGKILL')
    expect(await killed.gone()).toMatchObject({signal: 9})
  })

  it('gives the program another size', async () => {
    await using app = shell('while read -r _; do stty size; done')
    app.resize(61, 17)
    await app.press('enter')
    await app.sees('17 61')
  })

  it('waits until it is quiet', async () => {
    await using app = shell('for i in 1 2 3 4 5; do echo "line $i"; sleep 0.02; done; read -r _')
    await app.sees('line 1')
    await app.idle(300)
    expect(app.screen()).toContain('line 5')
  })

  it('fails with the screen and what it waited for', async () => {
    await using app = shell('echo something else; read -r _')
    await app.sees('something')
    const failure = await app.sees('the thing', {timeoutMs: 50}).catch((error: Error) => error.message)
    expect(failure).toContain('waited 50 ms for the program to see "the thing"')
    expect(failure).toContain('│something else')
    expect(failure).toContain('40x8')
  })

  it('does not wait long for what a program that has ended never showed', async () => {
    await using app = shell('echo last words; exit 4')
    await app.gone()
    const failure = await app.sees('more').catch((error: Error) => error.message)
    expect(failure).toContain('it has ended with exit code 4')
    expect(failure).toContain('last words')
  })

  it('refuses an unknown key', async () => {
    await using app = shell('read -r _')
    await expect(app.press('entre')).rejects.toThrow('`entre` is not a key')
  })

  it('leaves no program behind, not even one that ignores a hang-up', async () => {
    const app = shell('trap "" HUP TERM; echo ready; while :; do read -r _ || sleep 0.05; done')
    await app.sees('ready')
    const {pid} = app
    await app[Symbol.asyncDispose]()
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  it('takes a picture', async () => {
    await using app = shell("printf '\\033[31mred\\033[m'; read -r _")
    await app.sees('red')
    expect(app.svg()).toMatch(/fill="#e06c75">red</)
  })
})
