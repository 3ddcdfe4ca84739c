import {cp, mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {parseArgs} from 'node:util'
import {ANY_EXIT_CODE, run} from '../../src/base/run.ts'
import {BUGS, type Bug} from './bug-list.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const COPIED = ['src', 'test', 'fixtures', 'components', 'hooks', 'package.json', 'tsconfig.json']
const SUITES: Readonly<Record<Bug['by'], readonly string[]>> = {
  simulation: ['test/chaos/main.ts', '--no-points', '--kills', '0', '--seeds', '1200', '--from', '1', '--first'],
  'ways out': [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    'test/vitest.config.ts',
    'test/chaos/ways-out.test.ts',
  ],
}

/** Puts each bug into a copy of the program and says whether its suite fails; `only`: a part of the bug's name. */
async function main(): Promise<number> {
  const {values} = parseArgs({options: {only: {type: 'string', default: ''}}})
  const bugs = BUGS.filter(({name}) => name.includes(values.only))
  const folder = await mkdtemp(join(tmpdir(), 'clambake-bugs-'))
  let caught = 0
  try {
    for (const part of COPIED) await cp(join(ROOT, part), join(folder, part), {recursive: true})
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    for (const bug of bugs) {
      const isCaught = await fails(folder, bug)
      if (isCaught) caught += 1
      console.log(`${isCaught ? 'caught' : 'NOT CAUGHT'} by ${bug.by}: ${bug.name}`)
    }
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
  console.log(`bugs: ${bugs.length}, caught: ${caught}`)
  return caught === bugs.length ? 0 : 1
}

async function fails(folder: string, {file, from, to, by}: Bug): Promise<boolean> {
  const path = join(folder, file)
  const text = await readFile(path, 'utf8')
  if (text.split(from).length !== 2) throw new Error(`${file} does not have this exactly once: ${from}`)
  await writeFile(path, text.replace(from, to))
  try {
    const env = process.env as Record<string, string>
    const {exitCode} = await run(process.execPath, {args: [...SUITES[by]], cwd: folder, env, accept: ANY_EXIT_CODE})
    return exitCode !== 0
  } finally {
    await writeFile(path, text)
  }
}

process.exitCode = await main()
