import {toErrorData} from '../../base/errors.ts'
import {latestOnly} from '../../base/latest.ts'
import type {Log} from '../../base/log.ts'
import type {Fact} from '../../model/core/facts.ts'
import type {State} from '../../model/core/state.ts'
import type {GitGateway} from '../../model/gateways/git.ts'

/** The commits of main whose paths are read; older work says little about where new work will be. */
const COMMITS_READ = 300
/** Facts after which main may be another. */
const MOVING: readonly Fact['type'][] = ['githubSeen', 'restored']

/**
 * Reports to the decisions which files main has and what landed there, so that work which likely conflicts is not started
 * side by side; what running agents change they have from the radar. Main is read once per commit.
 */
export function createOverlapSurvey(options: {
  git: Pick<GitGateway, 'mergedPaths' | 'mainFiles'>
  log: Log
  dispatch: (fact: Fact) => void
}) {
  const {git, log, dispatch} = options
  let surveyed: string | null = null

  const look = latestOnly(
    async ({main}: State) => {
      if (main === null || main === surveyed) return
      const [files, merged] = await Promise.all([git.mainFiles(), git.mergedPaths(COMMITS_READ)])
      surveyed = main
      dispatch({type: 'mainSurveyed', files, merged})
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
