import {ClambakeError} from '../../base/errors.ts'
import {safeLine, truncate} from '../../base/text.ts'
import {describeFailure} from '../../model/data/assignment.ts'
import type {Config} from '../../model/data/config.ts'
import type {MadeFiles} from '../../model/gateways/bundle.ts'
import {pathMatcher} from '../../model/landing/path-patterns.ts'
import type {Jobs} from './jobs.ts'

/** A bundle belongs to no ticket, and its folder to no branch. */
const NO_TICKET = 0
const NAME = 'bundle'

/** Columns and lines of a failed command's output in the message. */
const OUTPUT_WIDTH = 300
const OUTPUT_LINES = 5

/** What `landing.regenerate` makes again. The commands run as those of `agents.setup` do, with their time limit. */
export function madeFilesOf({jobs, config}: {jobs: Pick<Jobs, 'run'>; config: Config}): readonly MadeFiles[] {
  const {setup_timeout: timeoutMinutes} = config.agents
  return config.landing.regenerate.map(({paths, command}) => ({
    isMade: pathMatcher(paths),
    async make(folder) {
      const outcome = await jobs.run({
        kind: 'regenerate',
        ticket: NO_TICKET,
        branch: NAME,
        session: NAME,
        worktree: folder,
        commands: [command],
        timeoutMinutes,
      })
      if (outcome === 'passed') return
      if (outcome === 'ended') {
        throw new ClambakeError({
          code: 'run-interrupted',
          message: `\`${safeLine(command)}\` was ended before it had made ${paths.join(', ')} again`,
          kept: 'all work; the bundle is built again',
        })
      }
      const said = safeLine(outcome.output.split('\n').slice(-OUTPUT_LINES).join(' '))
      throw new ClambakeError({
        code: 'regenerate-failed',
        message: `${paths.join(', ')} could not be made again for a bundle: ${describeFailure(outcome)}${said ? `: ${truncate(said, OUTPUT_WIDTH)}` : ''}`,
        kept: 'all work, on its branches; nothing was pushed',
        next: 'run the command in a checkout of main; it is landing.regenerate of clambake.toml',
      })
    },
  }))
}
