import type {Binding} from '../commands/bindings.ts'
import type {BoundCommand, Keymap} from './keymap.ts'

export type HelpLine = {kind: 'heading'; text: string} | {kind: 'command'; bound: BoundCommand}

const GROUPS: Readonly<Record<Binding['group'], string>> = {
  work: 'Work',
  row: 'Rows',
  pane: 'Agents',
  move: 'Moving',
  app: 'Screen',
  dialog: 'In dialogs',
}

/** All commands under their headings, as the keymap has them now. */
export function helpLines(keymap: Keymap): HelpLine[] {
  return Object.entries(GROUPS).flatMap(([group, text]): HelpLine[] => [
    {kind: 'heading', text},
    ...keymap.commands.filter(bound => bound.group === group).map((bound): HelpLine => ({kind: 'command', bound})),
  ])
}
