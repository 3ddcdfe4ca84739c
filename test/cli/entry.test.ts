import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {build, transform} from 'esbuild'
import {describe, expect, it} from 'vitest'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {run} from '../../src/base/run.ts'
import {chooseNode, OLDEST_NODE} from '../../src/cli/entry/choose-node.ts'
import {ENTRY} from '../../src/scripts/bundle.ts'

const old = {version: '20.20.2', program: '/usr/bin/node'}

describe('the choice of a Node', () => {
  it('takes the one that runs where it is new enough', () => {
    for (const version of ['22.15.0', '22.16.1', '24.0.0', '100.1.0']) {
      expect(chooseNode({version, program: '/usr/bin/node', own: '/clone/node'})).toEqual({run: 'here'})
    }
  })

  it('takes the one of a clone where it is not, and never itself again', () => {
    for (const version of ['12.0.0', '20.20.2', '22.14.9']) {
      const own = '/clone/node'
      expect(chooseNode({...old, version, own})).toEqual({run: 'other', program: own})
      expect(chooseNode({version, program: own, own})).toMatchObject({run: 'none'})
    }
  })

  it('asks for the version that the package asks for', () => {
    const {engines} = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(engines.node).toBe(`>=${OLDEST_NODE}`)
  })
})

/** The built entry in a folder of its own, beside a program that prints its arguments. */
async function installed(folder: string, {ownNode}: {ownNode: boolean}) {
  const outdir = join(folder, 'dist')
  await build({...ENTRY, outdir})
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
  writeFileSync(
    join(outdir, 'clambake.js'),
    `if (process.argv[2] === 'wait') {
       process.on('SIGTERM', () => { console.log('told to end'); process.exit(7) })
       console.log('waits'); setInterval(() => {}, 1000)
     } else { console.log(JSON.stringify([process.versions.node, ...process.argv.slice(2)])); process.exitCode = 3 }`,
  )
  // Says that it is old as soon as it starts; the Node that the entry starts does not load it.
  const oldNode = join(folder, 'old.cjs')
  writeFileSync(oldNode, `Object.defineProperty(process.versions, 'node', {value: '20.20.2'})`)
  if (ownNode) {
    mkdirSync(join(folder, 'node_modules/.bin'), {recursive: true})
    const other = join(folder, 'node_modules/.bin/node')
    // Another file than the Node that runs, as it is on an old machine.
    writeFileSync(other, `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, {mode: 0o755})
  }
  const bin = join(folder, 'clambake')
  symlinkSync(join(outdir, 'clambake.cjs'), bin)
  const env = sealedEnv(join(folder, 'home'))
  const start = (args: string[], node: string[] = ['-r', oldNode]) =>
    run(process.execPath, {args: [...node, bin, ...args], env, accept: [2, 3]})
  return {bin, oldNode, env, start, outdir}
}

describe('the built entry', () => {
  it("runs on the machine's Node, or on the one of its clone", async () => {
    await using folder = temporaryFolder('clambake-entry-')
    const {start} = await installed(folder.path, {ownNode: true})
    for (const node of [[], undefined]) {
      const {stdout, stderr, exitCode} = await start(['pop', '1 2'], node)
      expect(JSON.parse(stdout)).toEqual([process.versions.node, 'pop', '1 2'])
      expect({stderr, exitCode}).toEqual({stderr: '', exitCode: 3})
    }
  })

  it('says in two lines what it needs where there is no other Node', async () => {
    await using folder = temporaryFolder('clambake-entry-')
    const {start} = await installed(folder.path, {ownNode: false})
    const {stdout, stderr, exitCode} = await start(['status'])
    expect({stdout, exitCode}).toEqual({stdout: '', exitCode: 2})
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^clambake needs Node 22\.15 or newer; \/.+ is 20\.20\.2$/),
      expect.stringContaining('nvm install 24'),
    ])
    const asData = await start(['status', '--json'])
    expect(JSON.parse(asData.stdout).error).toMatchObject({code: 'old-node', exitCode: 2})
    expect(asData.stderr).toBe('')
  })

  it('passes signals on and ends as the program ends', async () => {
    await using folder = temporaryFolder('clambake-entry-')
    const {bin, oldNode, env} = await installed(folder.path, {ownNode: true})
    const child = spawn(process.execPath, ['-r', oldNode, bin, 'wait'], {env, stdio: ['ignore', 'pipe', 'inherit']})
    let said = ''
    child.stdout.on('data', chunk => (said += chunk))
    while (!said.includes('waits')) await once(child.stdout, 'data')
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([7, null])
    expect(said).toContain('told to end')
  })

  it('is in words that Node 12 can read', async () => {
    await using folder = temporaryFolder('clambake-entry-')
    const {outdir} = await installed(folder.path, {ownNode: false})
    const text = readFileSync(join(outdir, 'clambake.cjs'), 'utf8')
    const as = async (target: string) => (await transform(text, {target, supported: {'dynamic-import': true}})).code
    expect(await as('node12')).toBe(await as('esnext'))
    expect(text).not.toContain('node:')
  })
})
