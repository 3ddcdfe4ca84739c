import type {Binding} from '../commands/binding.ts'

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
