import {usageError} from '../../base/errors.ts'
import type {Binding, KeyContext} from '../commands/binding.ts'
import {BINDINGS, type CommandId} from '../commands/bindings.ts'
import type {Key} from '../state/types.ts'
import {type Chord, chordOf, parseChord} from './chords.ts'

export type BoundCommand = Omit<Binding, 'command'> & {command: CommandId}

/** Keys and commands as they hold for this person. */
export type Keymap = {
  /** All commands, in the order of the footer. */
  readonly commands: readonly BoundCommand[]
  matches(command: CommandId, key: Key): boolean
  /** The command that a key means in a place, if any. */
  find(context: KeyContext, key: Key): CommandId | undefined
  command(id: CommandId): BoundCommand
}

/** Other keys than the default ones; an empty list leaves a command to the palette. */
type KeyOverrides = Readonly<Partial<Record<string, readonly string[]>>>

/**
 * The default keys with a person's own. Throws usage errors: `unknown-command`, `unknown-key`, and `key-collision`,
 * which names both commands, when one key would mean two things in one place.
 */
export function createKeymap(overrides: KeyOverrides = {}): Keymap {
  const commands = BINDINGS.map(binding => ({...binding, keys: keysOf(binding, overrides[binding.command])}))
  const known = new Map<string, BoundCommand>(commands.map(bound => [bound.command, bound]))
  const unknown = Object.keys(overrides).find(command => !known.has(command))
  if (unknown !== undefined) {
    throw usageError({
      code: 'unknown-command',
      message: `keys are set for \`${unknown}\`, which is not a command`,
      next: 'see the names in the command palette (:)',
    })
  }
  const places = new Map<string, CommandId>()
  for (const {command, keys, where} of commands) {
    for (const chord of keys) for (const context of where) claim(places, context, chord, command)
  }
  const find = (context: KeyContext, key: Key) => {
    const chord = chordOf(key)
    return chord === undefined ? undefined : places.get(placeOf(context, chord))
  }
  return {
    commands,
    find,
    command: id => known.get(id)!,
    matches: (command, key) => known.get(command)!.where.some(context => find(context, key) === command),
  }
}

function keysOf(binding: Binding, own: readonly string[] | undefined): readonly Chord[] {
  if (own === undefined) return binding.keys
  return own.map(text => {
    const chord = parseChord(text)
    if (chord !== undefined) return chord
    throw usageError({
      code: 'unknown-key',
      message: `\`${text}\` for \`${binding.command}\` is not a key`,
      next: 'write keys as `q`, `L`, `ctrl+]`, `shift+tab`, `enter`',
    })
  })
}

function claim(places: Map<string, CommandId>, context: KeyContext, chord: Chord, command: CommandId): void {
  const place = placeOf(context, chord)
  const holder = places.get(place)
  if (holder !== undefined && holder !== command) {
    throw usageError({
      code: 'key-collision',
      message: `the key \`${chord}\` is set for both \`${holder}\` and \`${command}\``,
      next: 'give one of them another key',
    })
  }
  places.set(place, command)
}

function placeOf(context: KeyContext, chord: Chord): string {
  return `${context} ${chord}`
}
