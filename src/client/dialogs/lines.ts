import type {ErrorData} from '../../base/errors.ts'
import {safeLine} from '../../base/text.ts'
import type {DiffText, LandPlan} from '../../protocol/daemon.ts'
import type {Dialog, Loaded, SetupCheck} from '../state/dialog.ts'
import type {Toast} from '../state/state.ts'
import {plural} from '../text/format.ts'
import type {Line} from '../text/line.ts'
import type {Tone} from '../text/theme.ts'
import {wrapLine, wrapText} from '../text/wrap.ts'

// What dialogs say, wrapped: the layout makes room for exactly these lines, the components draw them.

const TOAST_TONES: Readonly<Record<Toast['level'], Tone>> = {info: 'text', warning: 'attention', error: 'bad'}

/** What happened, what is kept, what to press. */
export function toastLines({level, text, kept, next}: Toast, width: number): Line[] {
  return saidLines({message: text, tone: TOAST_TONES[level], kept, next}, width - 2).map(line => [{text: ' '}, ...line])
}

export function errorLines({message, kept, next}: ErrorData, width: number): Line[] {
  return saidLines({message, tone: 'bad', kept: kept ?? null, next: next ?? null}, width)
}

function saidLines(
  said: {message: string; tone: Tone; kept: string | null; next: string | null},
  width: number,
): Line[] {
  const {message, tone, kept, next} = said
  return [
    ...wrapText(safeLine(message), width, {tone}),
    ...(kept === null ? [] : wrapText(`kept: ${safeLine(kept)}`, width, {tone: 'muted'})),
    ...(next === null ? [] : wrapText(`next: ${safeLine(next)}`, width)),
  ]
}

/** What stands below the board of a plan: what is put off and why, and what will happen, if anything, step by step. */
export function landLines({board, putOff, steps}: LandPlan, width: number): Line[] {
  const away = putOff.flatMap(({ticket, title, reason}) =>
    wrapLine([{text: `#${ticket} ${safeLine(title)}: `, tone: 'muted'}, {text: safeLine(reason)}], width, {
      first: [{text: 'put off  ', tone: 'muted'}],
    }),
  )
  return [...withGap(away), ...withGap(numbered(board.length === 0 ? [] : steps, width))]
}

/** What stopping an agent will do. */
export function stopLines({ticket, title, work}: Extract<Dialog, {kind: 'stop'}>, width: number): Line[] {
  const subject: Line[] =
    ticket === null
      ? [[{text: 'it has no ticket'}]]
      : wrapLine([{text: `#${ticket} `, tone: 'accent'}, {text: safeLine(title ?? '')}], width)
  const steps = [
    `its commits and changed files are saved in a rescue ref${savedNow(work)}; if that fails, it is not stopped`,
    'its process and all that it started are ended',
    'its worktree, branch and claim stay',
  ]
  return [...subject, [], ...numbered(steps, width)]
}

/** What the branch has by now; nothing while that is not known: it is saved all the same. */
function savedNow(work: Loaded<DiffText> | null): string {
  if (work?.state !== 'ready') return ''
  const {files} = work.value
  const sum = (of: 'added' | 'removed') => files.reduce((total, file) => total + file[of], 0)
  return `: ${plural(files.length, 'file')} changed against main, +${sum('added')} -${sum('removed')}`
}

/** What a repository needs and has or has not. */
export function welcomeLines(checks: readonly SetupCheck[], width: number): Line[] {
  return checks.flatMap(({name, ok, hint}): Line[] => [
    ...wrapLine([{text: safeLine(name), bold: !ok}], width, {
      first: [ok ? {text: '✓ ', tone: 'good'} : {text: '◆ ', tone: 'attention'}],
    }),
    ...(ok ? [] : wrapLine([{text: safeLine(hint), tone: 'muted'}], width, {first: [{text: '  '}]})),
  ])
}

function numbered(steps: readonly string[], width: number): Line[] {
  return steps.flatMap((step, index) =>
    wrapLine([{text: safeLine(step)}], width, {first: [{text: `${index + 1} `, tone: 'accent'}]}),
  )
}

function withGap(lines: Line[]): Line[] {
  return lines.length === 0 ? [] : [[], ...lines]
}
