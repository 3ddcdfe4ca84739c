import {parseBranch} from '../names.ts'
import {globMatcher} from './glob.ts'

/** Tells names of branches that agents get, by the template, by the seeds' names, or by `recovery.scan_patterns`. */
export function agentBranches(options: {template: string; patterns: readonly string[]}): (branch: string) => boolean {
  const matchers = options.patterns.map(globMatcher)
  return branch => parseBranch(branch, options.template) !== null || matchers.some(matches => matches(branch))
}
