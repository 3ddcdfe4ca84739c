import {isDeepStrictEqual} from 'node:util'
import {toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import type {Fact} from '../../model/core/facts.ts'
import type {State} from '../../model/core/state.ts'
import type {GitGateway} from '../../model/gateways/git.ts'
import {holdsSlot} from '../../model/ticket/states.ts'

/** Commits of main that are asked what they touched; older work says little about where new work will be. */
const COMMITS_ASKED = 300
/** After these an agent may have changed other paths, or main others. */
const MOVING: readonly Fact['type'][] = ['githubSeen', 'restored', 'workInspected', 'worktreePrepared']

/**
 * Tells the decisions which files main has, what landed there, and what running agents change, so that likely
 * conflicts are not started side by side. Main is asked once for each of its commits; what cannot be told is left out.
 */
export function createOverlapSurvey(options: {
  git: Pick<GitGateway, 'changedPaths' | 'mergedPaths' | 'mainFiles'>
  log: Log
  dispatch: (fact: Fact) => void
}) {
  const {git, log, dispatch} = options
  let surveyed: string | null = null
  let next: State | undefined
  let busy = false

  async function surveyMain({main}: State): Promise<void> {
    if (main === null || main === surveyed) return
    const [files, merged] = await Promise.all([git.mainFiles(), git.mergedPaths(COMMITS_ASKED)])
    surveyed = main
    dispatch({type: 'mainSurveyed', files, merged})
  }

  /** One agent after the other: a dozen git processes at once would be felt by all of them. */
  async function seeChanges(state: State): Promise<void> {
    const changes: Record<number, readonly string[]> = {}
    for (const {context} of Object.values(state.tickets).filter(holdsSlot)) {
      const {issue, branch, worktree} = context
      if (worktree === null) continue
      try {
        changes[issue] = await git.changedPaths({branch, worktree})
      } catch (error) {
        changes[issue] = state.changes[issue] ?? []
        log.debug('what an agent changes cannot be told', {ticket: issue, error: toErrorData(error)})
      }
    }
    if (!isDeepStrictEqual(changes, state.changes)) dispatch({type: 'changesSeen', changes})
  }

  /** One look at a time; of the states that come meanwhile only the newest counts. */
  async function look(): Promise<void> {
    if (busy) return
    busy = true
    for (let state = next; state; state = next) {
      next = undefined
      try {
        await surveyMain(state)
        await seeChanges(state)
      } catch (error) {
        // It only helps to choose: the next look at GitHub tries again.
        log.warn('what landed on main cannot be told', {error: toErrorData(error)})
      }
    }
    busy = false
  }

  return {
    take(state: State, fact: Fact): void {
      if (!state.config.routing.avoid_overlap || !MOVING.includes(fact.type)) return
      next = state
      void look()
    },
  }
}
