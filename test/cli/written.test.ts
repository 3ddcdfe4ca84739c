import {spawn} from 'node:child_process'
import {closeSync, existsSync, openSync} from 'node:fs'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {expect, it} from 'vitest'

const WRITTEN = join(import.meta.dirname, '../../src/cli/output/written.ts')
const RUN = join(import.meta.dirname, '../../src/cli/run.ts')
const BYTES = 2_000_000

/** What a reader gets through a pipe, if it reads only after the program has had time to exit. */
async function read(script: string): Promise<number> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {stdio: ['ignore', 'pipe', 'inherit']})
  child.stdout.pause()
  setTimeout(() => child.stdout.resume(), 300)
  let bytes = 0
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  await new Promise(resolve => child.once('close', resolve))
  return bytes
}

it('a long output reaches a slow reader before the program exits', async () => {
  const write = `process.stdout.write('x'.repeat(${BYTES}))`
  expect(await read(`${write}; process.exit()`), 'without waiting it is cut').toBeLessThan(BYTES)
  const waiting = `import {allWritten} from ${JSON.stringify(WRITTEN)}; ${write}; await allWritten(process.stdout); process.exit()`
  expect(await read(waiting)).toBe(BYTES)
})

it('a reader that is gone holds nothing up', async () => {
  const script = `import {allWritten} from ${JSON.stringify(WRITTEN)}; process.stdout.on('error', () => {}); process.stdout.write('x'.repeat(${BYTES})); await allWritten(process.stdout); process.exit(3)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {stdio: ['ignore', 'pipe', 'ignore']})
  child.stdout.destroy()
  expect(await new Promise(resolve => child.once('close', resolve))).toBe(3)
})

it.runIf(existsSync('/dev/full'))('output that the disk does not take ends the command with the reason', async () => {
  const script = `import {runCli} from ${JSON.stringify(RUN)}; await runCli(['--help'])`
  const full = openSync('/dev/full', 'w')
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {stdio: ['ignore', full, 'pipe']})
  closeSync(full)
  const said = text(child.stderr!)
  expect(await new Promise(resolve => child.once('close', resolve))).toBe(1)
  expect(await said).toMatch(/^clambake: The disk is full: ENOSPC.*\n {2}kept: .*\n {2}next: .*\n$/)
})
