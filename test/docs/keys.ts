import type {Binding, KeyContext} from '../../src/client/commands/binding.ts'
import {BINDINGS} from '../../src/client/commands/bindings.ts'
import {showChord} from '../../src/client/keys/chords.ts'
import {helpLines} from '../../src/client/keys/help.ts'
import {cell, code, table} from './markdown.ts'

/** Headings of the dialogs that have keys of their own. */
const DIALOG_TITLES: {readonly [context in KeyContext]?: string} = {
  land: 'In the dialog of `L`',
  train: 'While you edit the train (`e` in the dialog of `L`)',
  diff: 'In a review (`d`)',
  comments: 'In the list of your comments (`l` in a review)',
  submit: 'When you send a review (`s` in a review)',
  editor: 'While you write a comment',
  recover: 'In the dialog of orphaned work (`X`)',
  changes: 'In the dialog of manual changes (`S`)',
  answer: 'When you answer an agent (`a`)',
  mailbox: 'In the mailbox (`I`)',
  memory: 'In the browser of memories (`K`)',
  letter: 'While you write to other sessions',
  welcome: 'In the dialog of what is missing (`W`)',
  text: 'While you type a line',
}

/** Every key of the screen, by the headings of its help, and then by dialog. */
export function keyReference(): string {
  const groups = new Map<string, Binding[]>()
  let heading = ''
  for (const line of helpLines(BINDINGS)) {
    if (line.kind === 'heading') heading = line.text
    else {
      const title = dialogTitle(line.bound) ?? heading
      groups.set(title, [...(groups.get(title) ?? []), line.bound])
    }
  }
  return [...groups]
    .map(([title, bindings]) => {
      const rows = bindings.map(({keys, help, command}) => [keys.map(spelt).join(' '), cell(help), code(command)])
      return `### ${title}\n\n${table(['key', 'does', 'name'], rows)}`
    })
    .join('\n\n')
}

/** The dialog in which alone a key holds; undefined: it holds in lists, in panes or in most dialogs. */
function dialogTitle({where, group, command}: Binding): string | undefined {
  if (where.includes('dialog') || where.includes('panel') || where.includes('pane')) return undefined
  const title = DIALOG_TITLES[where[0]!]
  if (title === undefined && group === 'dialog') throw new Error(`the page of keys has no heading for ${command}`)
  return title
}

function spelt(chord: string): string {
  return code(showChord(chord, {ascii: true}).replace(/^\^/, 'Ctrl-').replace(/^S-/, 'Shift-'))
}
