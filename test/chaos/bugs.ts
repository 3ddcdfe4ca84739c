import {cp, mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {parseArgs} from 'node:util'
import {ANY_EXIT_CODE, run} from '../../src/base/run.ts'

/** A bug that is put into a copy of the program on purpose, and the suite that must notice it. */
type Bug = {name: string; file: string; from: string; to: string; by: 'simulation' | 'ways out'}

const BUGS: readonly Bug[] = [
  {
    name: 'an agent is started beside one that an earlier run started',
    file: 'src/agents/handlers.ts',
    from: "  if (live) return [{type: 'agentStarted', ticket, agent, pane: live.pane}]\n",
    to: '',
    by: 'simulation',
  },
  {
    name: 'no one looks whether the processes of agents live',
    file: 'src/daemon/agents/process-check.ts',
    from: 'if (held.length === 0) return LOOK_MS',
    to: 'if (held.length >= 0) return LOOK_MS',
    by: 'simulation',
  },
  {
    name: 'a claim of this daemon that it does not know is left alone',
    file: 'src/model/recovery/facts.ts',
    from: '    adoptForgotten(draft, forgotten)\n',
    to: '    adoptForgotten(draft, forgotten.slice(0, 0))\n',
    by: 'simulation',
  },
  {
    name: 'work at hand is not taken up at a restart',
    file: 'src/daemon/start/restore.ts',
    from: '.filter(claim => claim.record.owner === owner)',
    to: ".filter(claim => claim.record.owner === owner && claim.record.phase !== 'working')",
    by: 'simulation',
  },
  {
    name: 'failed checks do not keep a pull request from merging',
    file: 'src/model/landing/gate/checks.ts',
    from: '  if (failed.length > 0) {',
    to: '  if (failed.length > 99) {',
    by: 'simulation',
  },
  {
    name: 'a branch that lacks main is merged',
    file: 'src/model/landing/gate/pull.ts',
    from: "if (!base.contained || mergeState === 'behind') {",
    to: "if (mergeState === 'behind') {",
    by: 'simulation',
  },
  {
    name: 'checks that are still running are looked at once',
    file: 'src/model/ticket/ticket.ts',
    from: "pullSeen: [...DECIDED, {actions: ['seen', 'answer', lookLater]}],",
    to: "pullSeen: [...DECIDED, {actions: ['seen', 'answer']}],",
    by: 'simulation',
  },
  {
    name: 'the pause before a new start never ends',
    file: 'src/model/ticket/ticket.ts',
    from: '{actions: [assign({paused: false})]},',
    to: '{actions: [assign({paused: true})]},',
    by: 'simulation',
  },
  {
    name: 'a clean-up that failed is not tried again',
    file: 'src/model/ticket/ticket.ts',
    from: "actions: ['reason', 'unfinished', finishLater],",
    to: "actions: ['reason', 'unfinished'],",
    by: 'ways out',
  },
  {
    name: 'work that moves on is looked at without an end',
    file: 'src/model/ticket/ticket.ts',
    from: 'context.headMoves < MAX_HEAD_MOVES',
    to: 'context.headMoves < 1e9 * MAX_HEAD_MOVES',
    by: 'ways out',
  },
  {
    name: 'a ticket that waits for the network is never shown to a person',
    file: 'src/model/core/error-classes.ts',
    from: 'personMs: 5 * MINUTE',
    to: 'personMs: 5e9 * MINUTE',
    by: 'ways out',
  },
  {
    name: 'a slot whose process did not end stays held',
    file: 'src/model/recovery/healing.ts',
    from: '...leftLabels(state, null), ...heldSlots(state, at)',
    to: '...leftLabels(state, null)',
    by: 'simulation',
  },
]

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
