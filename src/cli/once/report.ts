import {EXIT, type ExitCode} from '../../base/errors.ts'
import {safeLine} from '../../base/text.ts'
import {count, shortSha} from '../../base/words.ts'
import type {PassReport} from '../../protocol/daemon.ts'
import {list} from '../output/text.ts'

/** Exit code 1 when a person is needed. */
export function onceExit(report: PassReport): ExitCode {
  const {needsHuman, lost, halted} = report
  return needsHuman.length > 0 || lost.length > 0 || halted !== null ? EXIT.needsHuman : EXIT.good
}

/** The report of a pass for people. */
export function onceText(report: PassReport): string {
  const {merged, skipped, needsHuman, halted, agents, lost, apiCalls, durationMs} = report
  return [
    '',
    merged.length > 0 ? `✓ ${count(merged.length, 'ticket')} landed on main: ${list(merged)}` : 'Nothing landed.',
    ...skipped.map(({number, reason}) => safeLine(`◇ #${number} skipped: ${reason}`)),
    ...needsHuman.map(({number, reason}) => safeLine(`✗ #${number} needs a person: ${reason}`)),
    ...(halted === null ? [] : [safeLine(`✗ ${halted}`)]),
    lost.length > 0
      ? `✗ ${count(lost.length, 'commit')} in no ref: ${lost.map(shortSha).join(', ')}; git gc would delete them`
      : '✓ no commit lost',
    `${count(agents, 'agent')}, ${count(apiCalls, 'API call')}, ${Math.round(durationMs / 1000)} s`,
  ].join('\n')
}
