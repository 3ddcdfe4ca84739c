import {existsSync} from 'node:fs'
import type {Command, CommanderError} from 'commander'
import {closest, distance} from 'fastest-levenshtein'
import {type ClambakeError, usageError} from '../base/errors.ts'

/** Longer names may hold more wrong letters and still be meant. */
const LETTERS_PER_MISTAKE = 3

/** What commander says of a wrong command line, in the form of our errors. */
export function usageErrorOf(error: CommanderError, program: Command, args: readonly string[]): ClambakeError {
  const command = commandIn(program, args)
  const path = pathOf(command)
  if (error.code === 'commander.help') {
    const names = command.commands.map(sub => sub.name())
    return usageError({
      code: 'bad-usage',
      message: `${path}: say which: ${names.join(', ')}`,
      next: `clambake ${path} ${names[0]}; clambake ${path} --help says what each does`,
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

/** `help pop` is `pop --help`, `help` alone is `--help`. Throws `unknown-command`. */
export function withHelpWord(program: Command, args: readonly string[]): readonly string[] {
  const [first, ...rest] = args
  if (first !== 'help') return args
  const [name] = rest
  if (name !== undefined && !name.startsWith('-') && !isCommand(program, name)) throw unknownCommand(program, name)
  return [...rest, '--help']
}

/**
 * The first word names a command or a folder. Checked before all else: the options after a mistyped command are
 * unknown to everybody else. Throws `unknown-command`, `no-such-folder`.
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
    next: 'name the folder of a repository, or go to it and leave the name out',
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

/** The command that the words name, as deep as they do. */
function commandIn(program: Command, args: readonly string[]): Command {
  let at = program
  for (const word of args) {
    const next = at.commands.find(command => command.name() === word)
    if (!next) break
    at = next
  }
  return at
}

/** `daemon start`; empty for the program itself. */
function pathOf(command: Command): string {
  const names: string[] = []
  for (let at: Command | null = command; at?.parent; at = at.parent) names.unshift(at.name())
  return names.join(' ')
}
