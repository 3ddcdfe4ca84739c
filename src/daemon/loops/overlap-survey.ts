import {isDeepStrictEqual} from 'node:util'
import {toErrorData} from '../../base/errors.ts'
import {latestOnly} from '../../base/latest.ts'
import type {Log} from '../../base/log.ts'
import type {Fact} from '../../model/core/facts.ts'
import type {State} from '../../model/core/state.ts'
import type {GitGateway} from '../../model/gateways/git.ts'
import {holdsSlot} from '../../model/ticket/states.ts'

/** The commits of main whose paths are read; older work says little about where new work will be. */
const COMMITS_READ = 300
/** Facts after which the paths that agents or main change may differ. */
const MOVING: readonly Fact['type'][] = ['githubSeen', 'restored', 'workInspected', 'worktreePrepared']

/**
 * Reports to the decisions which files main has, what landed there, and what running agents change, so that work which
 * likely conflicts is not started side by side. Main is read once per commit; what cannot be read is left out.
 */
export function createOverlapSurvey(options: {
  git: Pick<GitGateway, 'changedPaths' | 'mergedPaths' | 'mainFiles'>
  log: Log
  dispatch: (fact: Fact) => void
}) {
  const {git, log, dispatch} = options
  let surveyed: string | null = null

  async function surveyMain({main}: State): Promise<void> {
    if (main === null || main === surveyed) return
    const [files, merged] = await Promise.all([git.mainFiles(), git.mergedPaths(COMMITS_READ)])
    surveyed = main
    dispatch({type: 'mainSurveyed', files, merged})
  }

  /** Reads one agent after the other: a dozen git processes at once would slow all of them down. */
  async function seeChanges(state: State): Promise<void> {
    const changes: Record<number, readonly string[]> = {}
    for (const {context} of Object.values(state.tickets).filter(holdsSlot)) {
      const {issue, branch, worktree} = context
      if (worktree === null) continue
      try {
        changes[issue] = await git.changedPaths({branch, worktree})
      } catch (error) {
        changes[issue] = state.changes[issue] ?? []
        log.debug('cannot read what an agent changes', {ticket: issue, error: toErrorData(error)})
      }
    }
    if (!isDeepStrictEqual(changes, state.changes)) dispatch({type: 'changesSeen', changes})
  }

  const look = latestOnly(
    async (state: State) => {
      await surveyMain(state)
      await seeChanges(state)
    },
    // The survey only helps to choose, and the next look at GitHub tries again.
    error => log.warn('cannot read what landed on main', {error: toErrorData(error)}),
  )

  return {
    take(state: State, fact: Fact): void {
      if (state.config.routing.avoid_overlap && MOVING.includes(fact.type)) look(state)
    },
  }
}
