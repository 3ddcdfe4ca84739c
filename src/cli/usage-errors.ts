import {existsSync} from 'node:fs'
import type {Command, CommanderError} from 'commander'
import {closest, distance} from 'fastest-levenshtein'
import {type ClambakeError, usageError} from '../base/errors.ts'
import {count} from '../base/words.ts'
import {OPTION_WORDS} from './define.ts'
import {OTHER_COMMANDS} from './other-words.ts'

/** A suggestion may differ from the typed name by one letter in this many. */
const LETTERS_PER_MISTAKE = 3

/** Turns commander's error about a wrong command line into a ClambakeError in Clambake's own words. */
export function usageErrorOf(error: CommanderError, program: Command, args: readonly string[]): ClambakeError {
  const command = commandIn(program, args)
  const path = pathOf(command)
  const help = `${['clambake', path].filter(Boolean).join(' ')} --help`
  if (error.code === 'commander.help') {
    const names = command.commands.map(sub => sub.name())
    return usageError({
      code: 'bad-usage',
      message: `${path} needs a subcommand: ${names.join(', ')}`,
      next: `clambake ${path} ${names[0]}; ${help} explains each`,
    })
  }
  const [what = '', suggestion = ''] = error.message.replace(/^error: /, '').split('\n')
  const meant = /\(Did you mean (?:one of )?(.+)\?\)/.exec(suggestion)?.[1]
  return usageError({
    code: 'bad-usage',
    message: `${path === '' ? '' : `${path}: `}${inOwnWords(error.code, what, command)}`,
    next: meant === undefined ? help : `did you mean ${meant}? ${help} lists all`,
  })
}

/** Says what commander found in Clambake's words; what it quotes stays. */
function inOwnWords(code: string, what: string, command: Command): string {
  const quoted = /'([^']*)'/.exec(what)?.[1] ?? ''
  switch (code) {
    case 'commander.unknownOption':
      return `there is no option ${quoted}`
    case 'commander.unknownCommand':
      return `there is no command ${quoted}`
    case 'commander.missingArgument': {
      const about = command.registeredArguments.find(argument => argument.name() === quoted)?.description
      return `<${quoted}> is missing${about ? `: ${about}` : ''}`
    }
    case 'commander.optionMissingArgument': {
      const option = command.options.find(({flags}) => flags === quoted)
      const words = option && OPTION_WORDS.get(option)?.()
      return `${option?.long ?? quoted} needs ${words ? `one of ${words.join(', ')}` : `a value: ${option?.description}`}`
    }
    case 'commander.excessArguments': {
      const most = command.registeredArguments.length
      const extra = /: (.*)$/.exec(what)?.[1]?.replace(/\.$/, '').split(', ').at(-1) ?? ''
      return most === 0
        ? `takes no arguments, found ${extra || '""'}`
        : `takes at most ${count(most, 'argument')}, found also ${extra || '""'}`
    }
    default:
      return what.replace(/\.$/, '')
  }
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
  if (first === undefined || first.startsWith('-') || isCommand(program, first)) return
  // A folder of such a name can be given as ./NAME.
  if (Object.hasOwn(OTHER_COMMANDS, first)) throw unknownCommand(program, first)
  if (existsSync(first)) return
  if (first === '') throw noSuchFolder('""')
  if (!/[/\\~]|^\./.test(first)) throw unknownCommand(program, first)
  throw noSuchFolder(first)
}

/** The error for a path that was given in the place of a command and is not there. */
export function noSuchFolder(folder: string): ClambakeError {
  return usageError({
    code: 'no-such-folder',
    message: `There is no folder ${folder}`,
    next: 'name the folder of a repository, or run clambake inside one without a name',
  })
}

function unknownCommand(program: Command, name: string): ClambakeError {
  const instead = Object.hasOwn(OTHER_COMMANDS, name) ? OTHER_COMMANDS[name] : undefined
  if (instead !== undefined) {
    return usageError({code: 'unknown-command', message: `Clambake has no command ${name}`, next: instead})
  }
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
