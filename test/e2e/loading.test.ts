import {mkdirSync, readdirSync, readFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {parse} from 'es-module-lexer'
import {expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {run} from '../../src/base/run.ts'

const DIST = resolve(import.meta.dirname, '../../dist')
/** What people and other processes start; the rest of the build is loaded by it, at once or later. */
const PROGRAMS = ['clambake.js', 'daemon.js', 'hub-worker.js']

/** Ink listens for the end of the process as soon as it is loaded, and its developer tools connect to a server. */
const INK = 'node_modules/ink/build/'

/** Loads the files that it is given, and prints how the process was before and is then. */
const LOADS = `
  for (const stream of [process.stdin, process.stdout, process.stderr]) stream.writable
  const look = () => ({
    listeners: process.eventNames().map(String),
    resources: process.getActiveResourcesInfo(),
    globals: Reflect.ownKeys(globalThis).map(String).filter(name => !name.startsWith('__zod_')),
    environment: {...process.env},
    folder: process.cwd(),
    exitCode: process.exitCode ?? null,
  })
  const files = process.argv.slice(1)
  const before = look()
  for (const file of files) await import(file)
  console.log(JSON.stringify({before, after: look()}))`

it('does nothing when its files are loaded, but for the screen: a start may load more than it needs', async () => {
  await using folder = temporaryFolder('clambake-loading-')
  const home = join(folder.path, 'home')
  mkdirSync(home)
  const files = partsOf(PROGRAMS)
  expect(files.length).toBeGreaterThan(20)
  const args = ['--input-type=module', '-e', LOADS, ...files.map(file => join(DIST, file))]
  const env = {HOME: home, PATH: process.env.PATH}
  const {stdout, stderr} = await run(process.execPath, {args, cwd: folder.path, env})
  const {before, after} = JSON.parse(stdout)
  expect(after).toEqual(before)
  expect(stderr).toBe('')
  expect(readdirSync(folder.path, {recursive: true})).toEqual(['home'])
})

/** Files of the build that these load, at once or later, and that do not load Ink themselves. */
function partsOf(programs: readonly string[]): string[] {
  const loads = new Map<string, string[]>()
  const queue = new Set(programs)
  const drawing = new Set<string>()
  for (const file of queue) {
    const text = readFileSync(join(DIST, file), 'utf8')
    if (text.includes(INK)) drawing.add(file)
    const chunks = parse(text)[0].filter(({specifier}) => specifier?.startsWith('./chunk-'))
    for (const {specifier} of chunks) queue.add(specifier!.slice(2))
    const atOnce = chunks.filter(({type}) => type !== 'dynamic')
    loads.set(
      file,
      atOnce.map(({specifier}) => specifier!.slice(2)),
    )
  }
  const draws = (file: string): boolean => drawing.has(file) || loads.get(file)!.some(draws)
  return [...queue].filter(file => !programs.includes(file) && !draws(file))
}
