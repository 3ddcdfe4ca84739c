import {safeLine} from '../../base/text.ts'
import {editOf} from '../../model/init/lines.ts'
import type {Found, Step} from '../../model/init/step.ts'
import type {Yes} from '../confirm.ts'
import type {Answer} from './apply.ts'

/** Longer differences are named, not shown. */
const SHOWN_LINES = 24

/** Each question that the steps hold, with what a yes would change. */
export async function askSteps(
  steps: readonly Step[],
  {found, say, yes}: {found: Found; say: (line: string) => void; yes: Yes},
): Promise<Map<Step, Answer>> {
  const answers = new Map<Step, Answer>()
  for (const step of steps.filter(({action}) => action === 'ask')) {
    say('')
    for (const line of differences(step, found)) say(line)
    answers.set(step, (await yes(questionOf(step))) ? 'yes' : 'no')
  }
  return answers
}

function questionOf({subject, where, reason, replaces}: Step): string {
  const place = safeLine(where)
  if (subject === 'protection') return `Protect ${place}: ${reason}?`
  return replaces ? `Put ours in the place of ${place}, which ${reason}?` : `Change ${place}: it is ${reason}?`
}

/** The lines that a yes would take and bring. */
function differences({work}: Step, {files}: Found): string[] {
  if (work?.kind !== 'write' && work?.kind !== 'edit') return []
  const there = files[work.path] ?? null
  const [before, after] =
    work.kind === 'edit' ? [work.before, work.after] : [there?.kind === 'text' ? there.text : '', work.text]
  const {from, to} = editOf(work.path, before, after)
  const all = [...from.map(line => `- ${line}`), ...to.map(line => `+ ${line}`)]
  const shown = all.slice(0, SHOWN_LINES).map(line => `  ${line.slice(0, 2)}${safeLine(line.slice(2))}`)
  return all.length > SHOWN_LINES ? [...shown, `  … and ${all.length - SHOWN_LINES} lines more`] : shown
}
