import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, describe, expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {actingProcess, processOf} from '../../src/base/processes/process-id.ts'

const started: ChildProcess[] = []
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const gone = once(child, 'exit')
    // What a shell runs ends by it too, which a signal to the shell would leave behind.
    child.stdin?.end()
    await gone
  }
})

/** Starts a program that prints the number of the process that is to be looked at. */
async function start(program: string, args: readonly string[]): Promise<{child: ChildProcess; pid: number}> {
  const child = spawn(program, args, {stdio: ['pipe', 'pipe', 'inherit']})
  started.push(child)
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  return {child, pid: Number(line.toString())}
}

/** Runs until its input ends. */
const PRINTS = 'process.stdout.write(String(process.pid)); process.stdin.resume()'

describe('the process that a command acts for', () => {
  it('is the program that runs it by a shell with one line, as the tools of a client do', async () => {
    // The second command keeps the shell from becoming the first.
    const {pid} = await start('/bin/sh', ['-c', `"${process.execPath}" -e '${PRINTS}'; true`])
    expect(await processOf(pid)).toMatchObject({pid})
    expect((await actingProcess(pid))?.pid).toBe(process.pid)
  })

  it('is a shell that a person or a file of commands runs in', async () => {
    await using folder = temporaryFolder('clambake-acting-')
    const script = join(folder.path, 'work.sh')
    writeFileSync(script, `"${process.execPath}" -e '${PRINTS}'\ntrue\n`)
    const {child, pid} = await start('/bin/sh', [script])
    expect((await actingProcess(pid))?.pid).toBe(child.pid)
  })
})

it('a process that ended is none, and one with the same number later is another', async () => {
  const {child, pid} = await start(process.execPath, ['-e', PRINTS])
  const before = await processOf(pid)
  expect(before?.start).toBe((await processOf(pid))?.start)
  expect(before?.start).not.toBe((await processOf(process.pid))?.start)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await processOf(pid)).toBeNull()
})
