import {type Binding, DIALOGS, type KeyContext} from '../commands/binding.ts'

export type HelpLine = {kind: 'heading'; text: string} | {kind: 'command'; bound: Binding}

const GROUPS: Readonly<Record<Binding['group'], string>> = {
  work: 'Work',
  row: 'Rows',
  pane: 'Agents',
  move: 'Moving',
  app: 'Screen',
  dialog: 'In dialogs',
}

/** All commands under their headings, as the keymap has them now. */
export function helpLines(commands: readonly Binding[]): HelpLine[] {
  return Object.entries(GROUPS).flatMap(([group, text]): HelpLine[] => [
    {kind: 'heading', text},
    ...commands.filter(bound => bound.group === group).map((bound): HelpLine => ({kind: 'command', bound})),
  ])
}

/** The line at which help opens: in a dialog with keys of its own, the first of these. */
export function helpTop(commands: readonly Binding[], context: KeyContext): number {
  const isOwn = ({where}: Binding) => where.length === 1 && where[0] === context
  const line = helpLines(commands).findIndex(found => found.kind === 'command' && isOwn(found.bound))
  return line < 0 || !(DIALOGS as readonly KeyContext[]).includes(context) ? 0 : line
}
