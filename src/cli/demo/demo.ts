import {DEMO_ISSUES} from '../../../fixtures/demo/issues.ts'
import {type Stage, setStage} from '../../../fixtures/demo/stage.ts'
import {tourIssues} from '../../../fixtures/demo/tour.ts'
import {temporaryFolder} from '../../../fixtures/repos/folder.ts'
import {ClambakeError} from '../../base/errors.ts'
import {runThrough} from '../../base/run.ts'
import {createStarter} from '../../base/starter.ts'
import {count} from '../../base/words.ts'
import type {PassReport} from '../../protocol/daemon.ts'
import type {TerminalMode} from '../../tui/terminal-mode.ts'
import {builtFile, type CommandContext, openContext} from '../context.ts'
import {endProcesses} from '../end-processes.ts'
import {runOnce} from '../once/run.ts'
import {showUntilLeft} from '../screen/errand.ts'
import {showScreen} from '../screen/show-screen.ts'
import {joinDemoPeer} from './peer.ts'
import {startReaper} from './reaper.ts'
import {type DemoEnd, nextSteps, summaryOf} from './summary.ts'

type DemoOptions = {agents: number}

/** An agent of the demo that asks continues by itself after so long, so that the demo ends without a person too. */
const ANSWERS_ITSELF_MS = 60_000
/** More than a demo makes. */
const EVENTS = 1000

/** Variables of the person's environment that the screen needs; the demo gets no others. */
const TERMINAL = ['TERM', 'COLORTERM', 'NO_COLOR', 'LC_ALL', 'LC_CTYPE', 'TMUX', 'CLAMBAKE_CRASH', 'TMPDIR'] as const

/** Runs the demo as one pass with a report, and deletes everything that it made. */
export async function demoOnce(context: CommandContext, options: DemoOptions): Promise<PassReport> {
  using folder = temporaryFolder('clambake-demo-')
  context.say(
    `Nine issues, ${count(options.agents, 'agent')} and a fake GitHub on this machine. Everything is temporary.\n`,
  )
  await using stage = await openStage(context, folder.path, {...options, pace: 60, patienceMs: 0})
  await using _reaper = startReaper({folder: folder.path, checkout: stage.checkout, env: stage.env})
  await using inside = openContext({
    json: context.json,
    cwd: stage.checkout,
    env: stage.env,
    role: 'client',
    createProgram: context.createProgram,
  })
  const report = await runOnce({agents: true, timeoutMs: null}, inside)
  await checkMain(stage, report)
  return report
}

/** Opens the screen on the demo, and ends the demo's processes when the person leaves or the terminal is closed. */
export async function demoScreen(context: CommandContext, options: DemoOptions): Promise<void> {
  using folder = temporaryFolder('clambake-demo-')
  await using starter = createStarter({entry: builtFile('starter.js'), label: folder.path})
  using _through = runThrough(starter)
  await using stage = await openStage(context, folder.path, {...options, pace: 700, patienceMs: ANSWERS_ITSELF_MS})
  await using _reaper = startReaper({folder: folder.path, checkout: stage.checkout, env: stage.env})
  const began = context.clock.monotonic()
  const enter = (mode?: TerminalMode) =>
    openContext({
      json: false,
      cwd: stage.checkout,
      env: stage.env,
      role: 'client',
      mode,
      createProgram: context.createProgram,
    })
  await showUntilLeft(async first => {
    await using inside = enter(first ? context.mode : undefined)
    if (first) await joinDemoPeer(inside, folder.path)
    return await showScreen(inside, {tour: true, tasteEnv: context.env})
  }, context.createProgram)
  await using inside = enter()
  const end = await endOf(inside, stage)
  const ms = context.clock.monotonic() - began
  await endProcesses(inside)
  process.stdout.write(`${summaryOf({...end, ms})}\n\n${nextSteps(context.env)}\n`)
}

/** What the demo came to; without its daemon only what is on GitHub. */
async function endOf(inside: CommandContext, {repository}: Stage): Promise<Omit<DemoEnd, 'ms'>> {
  const tickets = DEMO_ISSUES.flatMap(({turns}, index) => (turns.length > 0 ? [index + 1] : []))
  const landed = tickets.filter(number => repository.issue(number).state === 'closed').length
  const daemon = await inside.runningDaemon()
  const [state, events] = daemon
    ? await Promise.all([daemon.call('state', {}), daemon.call('events', {limit: EVENTS})])
    : [null, []]
  return {landed, tickets: tickets.length, cost: state?.header.costToday ?? null, events}
}

/** Keeps the fake GitHub and the repository running until SIGINT or SIGTERM. */
export async function serveDemo(context: CommandContext, options: DemoOptions): Promise<void> {
  using folder = temporaryFolder('clambake-demo-')
  await using stage = await openStage(context, folder.path, {...options, pace: 700, routing: 'by hand'})
  await using _reaper = startReaper({folder: folder.path, checkout: stage.checkout, env: stage.env})
  const names = [
    'HOME',
    'GITHUB_TOKEN',
    'CLAMBAKE_STATE_DIR',
    'GIT_CONFIG_GLOBAL',
    'GIT_CONFIG_NOSYSTEM',
    'CLAMBAKE_AGENT_PACE',
  ]
  const {github, checkout, env} = stage
  const {url} = stage.repository
  context.print({url, api: github.apiUrl, graphql: github.graphqlUrl, checkout, env}, () =>
    [
      `GitHub      ${github.apiUrl}  (GraphQL: ${github.graphqlUrl})`,
      `Repository  ${url}`,
      '',
      'In another terminal:',
      `  cd ${stage.checkout}`,
      ...names.map(name => `  export ${name}=${stage.env[name]}`),
      '  clambake',
      '',
      'Ctrl-C ends it and removes everything.',
    ].join('\n'),
  )
  await new Promise<void>(resolve => process.on('SIGINT', resolve).on('SIGTERM', resolve))
  await using inside = openContext({
    json: false,
    cwd: stage.checkout,
    env: stage.env,
    role: 'client',
    createProgram: context.createProgram,
  })
  await endProcesses(inside)
}

function openStage(
  context: CommandContext,
  folder: string,
  {patienceMs, ...options}: DemoOptions & {pace: number; patienceMs?: number; routing?: 'auto' | 'by hand'},
): Promise<Stage> {
  const terminal = Object.fromEntries(
    TERMINAL.flatMap(name => (context.env[name] === undefined ? [] : [[name, context.env[name]]])),
  )
  const issues = patienceMs === undefined ? DEMO_ISSUES : tourIssues({patienceMs})
  // All in one folder, so that another process can delete it.
  return setStage({
    ...options,
    issues,
    folder,
    githubParent: folder,
    agent: [process.execPath, builtFile('demo-agent.js')],
    env: terminal,
  })
}

/**
 * Checks the report against the demo's repository: main must have each commit that the agents' scripts make, or the one
 * that a bundle made of a ticket's.
 */
async function checkMain({repository}: Stage, report: PassReport): Promise<void> {
  const byAgents = (await repository.log()).filter(({author}) => author.name.startsWith('agent'))
  const found = new Set(byAgents.map(({message}) => message.trim()))
  const isOnMain = (number: number) => {
    const steps = DEMO_ISSUES[number - 1]?.turns.flat() ?? []
    const commits = steps.flatMap(step => (step.do === 'commit' ? step.message : []))
    const isBundled = byAgents.some(({message}) => message.includes(`\nWork on issue ${number}, from `))
    return repository.issue(number).state === 'closed' && (isBundled || commits.every(message => found.has(message)))
  }
  const wrong = report.merged.filter(number => !isOnMain(number))
  if (wrong.length === 0) return
  throw new ClambakeError({
    code: 'demo-untrue',
    message: `The report says that ${wrong.map(number => `#${number}`).join(', ')} landed, but main does not have it`,
    next: 'this is a bug in clambake; please report it',
  })
}
