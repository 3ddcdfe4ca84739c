import {existsSync} from 'node:fs'
import type {Command, CommanderError} from 'commander'
import {closest, distance} from 'fastest-levenshtein'
import {type ClambakeError, usageError} from '../base/errors.ts'

/** A suggestion may differ from the typed name by one letter in this many. */
const LETTERS_PER_MISTAKE = 3

/** Turns commander's error about a wrong command line into a ClambakeError. */
export function usageErrorOf(error: CommanderError, program: Command, args: readonly string[]): ClambakeError {
  const command = commandIn(program, args)
  const path = pathOf(command)
  if (error.code === 'commander.help') {
    const names = command.commands.map(sub => sub.name())
    return usageError({
      code: 'bad-usage',
      message: `${path} needs a subcommand: ${names.join(', ')}`,
      next: `clambake ${path} ${names[0]}; clambake ${path} --help explains each`,
    })
  }
  const [what = '', suggestion = ''] = error.message.replace(/^error: /, '').split('\n')
  const meant = /\(Did you mean (?:one of )?(.+)\?\)/.exec(suggestion)?.[1]
  const help = `${['clambake', path].filter(Boolean).join(' ')} --help`
  return usageError({
    code: 'bad-usage',
    message: `${path === '' ? '' : `${path}: `}${what.replace(/\.$/, '')}`,
    next: meant === undefined ? help : `did you mean ${meant}? ${help} lists all`,
  })
}

/** Rewrites `help pop` to `pop --help`, and `help` alone to `--help`. Throws `unknown-command`. */
export function withHelpWord(program: Command, args: readonly string[]): readonly string[] {
  const [first, ...rest] = args
  if (first !== 'help') return args
  const [name] = rest
  if (name !== undefined && !name.startsWith('-') && !isCommand(program, name)) throw unknownCommand(program, name)
  return [...rest, '--help']
}

/**
 * Checks that the first word names a command or a folder. This comes first: the options after a mistyped command would
 * be reported as unknown instead. Throws `unknown-command`, `no-such-folder`.
 */
export function checkFirstWord(program: Command, args: readonly string[]): void {
  const [first] = args
  if (first === undefined || first.startsWith('-') || isCommand(program, first) || existsSync(first)) return
  if (!/[/\\~]|^\./.test(first)) throw unknownCommand(program, first)
  throw noSuchFolder(first)
}

export function noSuchFolder(folder: string): ClambakeError {
  return usageError({
    code: 'no-such-folder',
    message: `There is no folder ${folder}`,
    next: 'name the folder of a repository, or run clambake inside one without a name',
  })
}

function unknownCommand(program: Command, name: string): ClambakeError {
  const nearest = closest(
    name,
    program.commands.map(command => command.name()),
  )
  const isNear = distance(name, nearest) <= Math.max(1, Math.floor(nearest.length / LETTERS_PER_MISTAKE))
  return usageError({
    code: 'unknown-command',
    message: `${name} is neither a command nor a folder`,
    next: isNear ? `did you mean clambake ${nearest}? clambake --help lists all` : 'clambake --help lists the commands',
  })
}

function isCommand(program: Command, name: string): boolean {
  return name === 'help' || program.commands.some(command => command.name() === name)
}

/** The deepest command that the words name. */
function commandIn(program: Command, args: readonly string[]): Command {
  let at = program
  for (const word of args) {
    const next = at.commands.find(command => command.name() === word)
    if (!next) break
    at = next
  }
  return at
}

/** A command's name with its group: `daemon start`; empty for the program itself. */
function pathOf(command: Command): string {
  const names: string[] = []
  for (let at: Command | null = command; at?.parent; at = at.parent) names.unshift(at.name())
  return names.join(' ')
}
