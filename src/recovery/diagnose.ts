import type {Clock} from '../base/clock.ts'
import {ClambakeError} from '../base/errors.ts'
import type {State} from '../model/core/state.ts'
import type {PaneInfo} from '../model/data/pane.ts'
import type {OrphanFacts} from '../model/data/recovery/orphan.ts'
import type {GitWithLanding} from '../model/gateways/git.ts'
import type {GithubGateway} from '../model/gateways/github.ts'
import type {HostGateway} from '../model/gateways/host.ts'
import {diagnose, goneOfBlocked} from '../model/recovery/diagnosis.ts'
import type {Finding, Found, Left} from '../model/recovery/finding.ts'
import {judgeOrphans} from '../model/recovery/judge.ts'
import {isLongAtWork} from '../model/recovery/progress-findings.ts'

export type Diagnosis = {
  findings: readonly Finding[]
  /** Sources that could not be read; no finding speaks about them. */
  unread: readonly string[]
}

type Parts = {
  git: GitWithLanding
  github: Pick<GithubGateway, 'issue' | 'pull'>
  host: Pick<HostGateway, 'panes' | 'leftBehind'>
  clock: Clock
  state: State
  dead: ReadonlySet<string>
  /** Tickets for which an effect or a timer is under way. */
  underWay: ReadonlySet<number>
}

/** Reads claims, branches, terminals and GitHub, and lists what contradicts the daemon's state. Changes nothing. */
export async function diagnoseRepository(parts: Parts): Promise<Diagnosis> {
  const {git, github, host, clock, state, dead} = parts
  const unread: string[] = []

  /** Reads one source; a failure is listed in `unread` and does not hide the other findings. */
  async function read<T>(what: string, ask: () => Promise<T>): Promise<T | null> {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof ClambakeError)) throw error
      unread.push(`${what}: ${error.message}`)
      return null
    }
  }

  /** What was left in these worktrees; those in which nothing runs are left out. */
  async function leftIn(places: readonly Omit<Left, 'processes'>[]): Promise<Left[]> {
    const left: Left[] = []
    for (const place of places) {
      const {issue, worktree} = place
      const where = {sessions: sessionsOf(state, issue), folder: worktree}
      const processes = (await read(`the processes in ${worktree}`, () => host.leftBehind(where))) ?? []
      if (processes.length > 0) left.push({...place, processes})
    }
    return left
  }

  async function those(numbers: readonly number[], what: string, ask: (number: number) => Promise<boolean>) {
    const yes = new Set<number>()
    for (const number of numbers) if (await read(`${what} #${number}`, () => ask(number))) yes.add(number)
    return yes
  }

  const facts = await read('branches and worktrees', () => git.orphans({dead}))
  const orphans = facts && judgeOrphans(facts, {state, closed: [], left: new Set(), at: clock.now()})
  const open = new Set(state.issues.map(({number}) => number))
  const tickets = Object.values(state.tickets)
  const unseen = tickets.flatMap(({context: {issue}}) => (open.has(issue) ? [] : [issue]))
  const lastChanges = new Map<number, number | null>()
  for (const ticket of tickets) {
    const {issue, worktree} = ticket.context
    if (worktree === null || !isLongAtWork(ticket, state, clock.now())) continue
    await read(`the last change in the worktree of #${issue}`, async () =>
      lastChanges.set(issue, await git.lastChange(worktree)),
    )
  }
  const panes = await read('terminals', () => host.panes())
  const found: Found = {
    state,
    at: clock.now(),
    underWay: parts.underWay,
    dead,
    orphans,
    panes,
    left: panes === null ? [] : await leftIn(placesWithoutAgent(state, facts ?? [], panes)),
    landing: (await read('the landing lock', () => git.landingHolder()))?.owner ?? null,
    closed: await those(unseen, 'issue', async number => (await github.issue(number))?.state === 'closed'),
    merged: await those(
      goneOfBlocked(state).map(({pull}) => pull),
      'pull request',
      async number => (await github.pull(number)).state === 'merged',
    ),
    lastChanges,
  }
  return {findings: diagnose(found), unread}
}

/** The sessions of an issue's agent and of the commands that checked its work. */
export function sessionsOf({tickets}: Pick<State, 'tickets'>, issue: number | null): string[] {
  const session = issue === null ? undefined : tickets[issue]?.context.session
  return session ? [session, `${session}-job`] : []
}

/** Worktrees of tickets and of orphaned work in which no program of a pane runs. */
function placesWithoutAgent(
  {tickets}: State,
  orphans: readonly OrphanFacts[],
  panes: readonly PaneInfo[],
): Omit<Left, 'processes'>[] {
  const busy = new Set(panes.flatMap(({cwd, exit}) => (exit === null ? [cwd] : [])))
  const places = new Map<string, number | null>()
  for (const {kind, name, issue} of orphans) if (kind === 'worktree') places.set(name, issue)
  for (const {context} of Object.values(tickets)) {
    if (context.worktree !== null) places.set(context.worktree, context.issue)
  }
  return [...places].flatMap(([worktree, issue]) => (busy.has(worktree) ? [] : [{worktree, issue}]))
}
