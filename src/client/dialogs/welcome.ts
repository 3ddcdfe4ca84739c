import {safeLine} from '../../base/text.ts'
import type {CommandContext} from '../commands/binding.ts'
import type {SetupCheck} from '../state/dialog.ts'
import {openDialog} from '../state/update.ts'
import type {Line} from '../text/line.ts'
import {wrapLine} from '../text/wrap.ts'
import type {DialogOf, DialogSpec} from './dialog-spec.ts'
import {setupChecks} from './setup-checks.ts'

/** What the repository has and what it still needs. */
export const WELCOME: DialogSpec<DialogOf<'welcome'>> = {
  context: 'welcome',
  height: ({checks}, width) => welcomeLines(checks, width).length,
}

export function openWelcome({store, setup}: Pick<CommandContext, 'store' | 'setup'>): void {
  store.apply(openDialog({kind: 'welcome', checks: setupChecks(store.getState(), setup)}))
}

/** Each thing that a repository needs, and whether it has it. */
export function welcomeLines(checks: readonly SetupCheck[], width: number): Line[] {
  return checks.flatMap(({name, ok, hint}): Line[] => [
    ...wrapLine([{text: safeLine(name), bold: !ok}], width, {
      first: [ok ? {text: '✓ ', tone: 'good'} : {text: '◆ ', tone: 'attention'}],
    }),
    ...(ok ? [] : wrapLine([{text: safeLine(hint), tone: 'muted'}], width, {first: [{text: '  '}]})),
  ])
}
