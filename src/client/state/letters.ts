import type {Letter} from './dialog.ts'
import type {ClientState} from './state.ts'
import {closeDialog, openDialog} from './update.ts'

/** More than these are not kept: the oldest goes. */
const MOST_KEPT = 8

/** Opens a letter, with what was typed in one to the same readers that was closed without being sent. */
export function openLetter(letter: Letter): (state: ClientState) => ClientState {
  return state => {
    const begun = state.ui.letters.find(kept => readersOf(kept) === readersOf(letter))
    return openDialog(begun ?? letter)(without(state, letter))
  }
}

/** Closes the letter on top, and keeps it if anything was typed. */
export function letterLeft(letter: Letter): (state: ClientState) => ClientState {
  return state => {
    const {ui, ...rest} = closeDialog(without(state, letter))
    if (letter.text.trim() === '') return {...rest, ui}
    return {...rest, ui: {...ui, letters: [...ui.letters, letter].slice(-MOST_KEPT)}}
  }
}

function without(state: ClientState, letter: Letter): ClientState {
  const letters = state.ui.letters.filter(kept => readersOf(kept) !== readersOf(letter))
  return {...state, ui: {...state.ui, letters}}
}

/** Whom it is for, and what they worked on: with other work an agent is another reader. */
function readersOf(letter: Letter): string {
  if (letter.kind === 'write') return JSON.stringify([letter.addresses, letter.answers?.id, letter.seen])
  return JSON.stringify([letter.to, letter.also, letter.meant])
}
