import type {Command} from 'commander'
import {EXIT_MEANINGS} from '../base/errors.ts'
import {VERSION} from '../base/version.ts'
import type {DefinedCommand} from './define.ts'

const FILES: readonly [string, string][] = [
  ['clambake.toml', 'the settings of a repository, in its root; clambake init writes one that explains each'],
  ['~/.config/clambake/taste.json', 'your own keys, colours and layouts, for all repositories'],
  ['~/.local/state/clambake', 'history, logs and sockets; CLAMBAKE_STATE_DIR moves it'],
]
const ENVIRONMENT: readonly [string, string][] = [
  ['GITHUB_TOKEN, GH_TOKEN', 'the token for GitHub; without one, that of gh auth login'],
  ['CLAMBAKE_STATE_DIR', 'the folder for history, logs and sockets'],
  ['NO_COLOR', 'draws without colours'],
]
export const EXIT_STATUS: readonly [string, string][] = EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning])

/** The manual page of the program, in roff, from the same data as `--help`. */
export function manPage(program: Command, defined: readonly DefinedCommand[], version = VERSION): string {
  const [summary = '', ...more] = program.description().split('\n').filter(Boolean)
  const examples = new Map(defined.map(command => [command.name, command.examples]))
  return [
    `.TH CLAMBAKE 1 "" "clambake ${version}" "User Commands"`,
    '.SH NAME',
    `clambake \\- ${escaped(lowerFirst(summary.replace(/\.$/, '')))}`,
    '.SH SYNOPSIS',
    '.B clambake',
    '.RI [ options ] " " [ repositories... ]',
    '.br',
    '.B clambake',
    '.IR command " " [ options ]',
    '.SH DESCRIPTION',
    ...[summary, ...more].flatMap(line => [text(line), '.PP']).slice(0, -1),
    '.SH OPTIONS',
    ...optionsOf(program),
    '.SH COMMANDS',
    'Every command takes \\fB\\-\\-json\\fR and \\fB\\-\\-help\\fR.',
    ...leaves(program).flatMap(({name, command}) => section(name, command, examples.get(name) ?? [])),
    ...listed('EXIT STATUS', EXIT_STATUS),
    ...listed('FILES', FILES),
    ...listed('ENVIRONMENT', ENVIRONMENT),
    '',
  ].join('\n')
}

/** The commands that do something, with their whole names: `daemon start`, not `daemon`. */
export function leaves(command: Command, words: readonly string[] = []): {name: string; command: Command}[] {
  return command.commands.flatMap(child => {
    const name = [...words, child.name()]
    return child.commands.length > 0 ? leaves(child, name) : [{name: name.join(' '), command: child}]
  })
}

function section(name: string, command: Command, examples: readonly [string, string][]): string[] {
  const given = command.registeredArguments.map(arg => (arg.required ? `<${arg.name()}>` : `[${arg.name()}]`))
  return [
    `.SS ${quoted(['clambake', name, ...given].join(' '))}`,
    text(command.description()),
    ...optionsOf(command),
    ...examples.flatMap(([line, what]) => ['.TP', `.B ${quoted(line)}`, text(what)]),
  ]
}

function optionsOf(command: Command): string[] {
  return command.options
    .filter(({long}) => long !== '--json' || command.parent === null)
    .flatMap(({flags, description}) => ['.TP', `.B ${quoted(flags)}`, text(description)])
}

function listed(title: string, rows: readonly [string, string][]): string[] {
  return [`.SH ${title}`, ...rows.flatMap(([name, what]) => ['.TP', `.B ${quoted(name)}`, text(what)])]
}

function escaped(words: string): string {
  return words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('`', '\\`')
    .replaceAll("'", '\\(aq')
    .replace(/[^\n\u0020-\u007E]/gu, char => `\\[u${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`)
}

/** One argument of a macro. */
function quoted(words: string): string {
  return `"${escaped(words).replaceAll('"', '\\(dq')}"`
}

/** A line of text; one that begins with a dot is none of roff's requests. */
function text(words: string): string {
  return escaped(words).replace(/^\./, '\\&.')
}

function lowerFirst(words: string): string {
  return words.slice(0, 1).toLowerCase() + words.slice(1)
}
