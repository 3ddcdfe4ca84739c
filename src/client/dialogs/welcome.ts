import {toErrorData} from '../../base/errors.ts'
import {safeLine} from '../../base/text.ts'
import type {CommandContext} from '../commands/binding.ts'
import type {SetupCheck} from '../state/dialog.ts'
import {changeDialog, openDialog} from '../state/update.ts'
import type {Line} from '../text/line.ts'
import {wrapLine} from '../text/wrap.ts'
import type {DialogOf, DialogSpec} from './dialog-spec.ts'
import {setupChecks} from './setup-checks.ts'

/** Findings of `doctor` that fit on a small screen beside what is known at once. */
const MOST = 4

/** What the repository has and what it still needs. */
export const WELCOME: DialogSpec<DialogOf<'welcome'>> = {
  context: 'welcome',
  height: (dialog, width) => welcomeLines(dialog, width).length,
}

/** Shows what is known at once, and what `doctor` finds as soon as it is there, in the same words. */
export function openWelcome(context: Pick<CommandContext, 'store' | 'setup' | 'checkSetup' | 'operations'>): void {
  const {store, setup} = context
  store.apply(openDialog({kind: 'welcome', checks: setupChecks(store.getState(), setup), looking: true}))
  void addFindings(context)
}

async function addFindings({
  store,
  setup,
  checkSetup,
  operations,
}: Pick<CommandContext, 'store' | 'setup' | 'checkSetup' | 'operations'>): Promise<void> {
  let found: readonly SetupCheck[] | null = null
  try {
    found = await checkSetup()
  } catch (error) {
    operations.notifyError(toErrorData(error))
  }
  store.apply(
    changeDialog('welcome', ({checks, ...open}) => ({
      ...open,
      looking: false,
      checks: found === null ? checks : withFindings(withoutMended(checks, {setup, found}), found),
    })),
  )
}

/** The checks without what was found when the screen was opened, and is no more. */
export function withoutMended(
  checks: readonly SetupCheck[],
  {setup, found}: {setup: readonly SetupCheck[]; found: readonly SetupCheck[]},
): SetupCheck[] {
  const names = (all: readonly SetupCheck[], name: string) => all.some(check => check.name === name)
  return checks.filter(({name, ok}) => ok || !names(setup, name) || names(found, name))
}

/** A finding that is there already, by its words, is not repeated. */
export function withFindings(checks: readonly SetupCheck[], found: readonly SetupCheck[]): SetupCheck[] {
  const news = found.filter(({name}) => !checks.some(check => check.name === name))
  const left = news.length - MOST
  const rest = {name: `${left} more could be better`, ok: false, hint: 'd runs clambake doctor, which names them'}
  return [...checks, ...news.slice(0, MOST), ...(left > 0 ? [rest] : [])]
}

/** Each thing that a repository needs, and whether it has it. */
export function welcomeLines(
  {checks, looking}: Pick<DialogOf<'welcome'>, 'checks' | 'looking'>,
  width: number,
): Line[] {
  const lines = checks.flatMap(({name, ok, hint}): Line[] => [
    ...wrapLine([{text: safeLine(name), bold: !ok}], width, {
      first: [ok ? {text: '✓ ', tone: 'good'} : {text: '◆ ', tone: 'attention'}],
    }),
    ...(ok ? [] : wrapLine([{text: safeLine(hint), tone: 'muted'}], width, {first: [{text: '  '}]})),
  ])
  return looking ? [...lines, [{text: '… doctor looks at this machine and GitHub', tone: 'muted'}]] : lines
}
