import {safeLine} from '../../base/text.ts'
import type {Step} from '../../model/init/step.ts'
import type {Yes} from '../confirm.ts'
import {changeLines, changesOf} from '../output/changes.ts'
import type {Answer} from './apply.ts'
import type {Survey} from './survey.ts'

/** Longer differences are cut after this many lines. */
const SHOWN_LINES = 24

type AskedAbout = Pick<Survey, 'root' | 'found'> & {env: NodeJS.ProcessEnv}

/** Asks the person about each step that needs a yes, and shows what it would change. */
export async function askSteps(
  steps: readonly Step[],
  {say, yes, ...about}: AskedAbout & {say: (line: string) => void; yes: Yes},
): Promise<Map<Step, Answer>> {
  const answers = new Map<Step, Answer>()
  for (const step of steps.filter(({action}) => action === 'ask')) {
    say('')
    for (const line of await differences(step, about)) say(line)
    answers.set(step, (await yes(questionOf(step))) ? 'yes' : 'no')
  }
  return answers
}

function questionOf({subject, where, reason, replaces}: Step): string {
  const place = safeLine(where)
  if (subject === 'protection') return `Protect ${place}: ${reason}?`
  return replaces ? `Replace ${place}, which ${reason}?` : `Change ${place}: it is ${reason}?`
}

/** The lines that a step would remove and add. */
async function differences({work}: Step, {root, env, found}: AskedAbout): Promise<string[]> {
  if (work?.kind !== 'write' && work?.kind !== 'edit') return []
  const {path} = work
  const text = work.kind === 'edit' ? work.after : work.text
  return changeLines(
    await changesOf({dir: root, env, path, isNew: found.files[path]?.kind !== 'text', text}),
    SHOWN_LINES,
  )
}
