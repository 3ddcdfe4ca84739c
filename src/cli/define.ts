import {type Command, Option} from 'commander'
import * as z from 'zod'
import {EXIT, type ExitCode, usageError} from '../base/errors.ts'
import {inputProblem} from '../base/input-problem.ts'
import {PARSED_ONCE} from '../model/data/config.ts'
import type {CommandContext} from './context.ts'
import {GROUPS} from './groups.ts'
import {HubOff} from './hub/hub-off.ts'
import {wordsOf} from './option-words.ts'

type OptionSpec = {
  /** In commander's form: `--max <n>`, `-f, --follow`. */
  flags: string
  description: string
  /** It may be given several times; its value is a list. */
  many?: boolean
}

type Key<Schema extends z.ZodObject> = keyof z.input<Schema> & string

/**
 * What a command may do. `reads`: it changes nothing. `acts`: it does what its line names, no more. `asks`: it removes, stops,
 * overwrites or rewrites what its line does not name one by one, so it says first what that is and asks; without a
 * terminal it does nothing but with `--yes`. A test holds that every one that asks does ask.
 */
type Deed = 'reads' | 'acts' | 'asks'

type CommandSpec<Schema extends z.ZodObject, Result> = {
  /** `pop`, or `daemon start` for a command in a group. */
  name: string
  summary: string
  does: Deed
  /** Positional arguments in order; `key` is the schema's field. */
  args?: readonly {key: Key<Schema>; name: string; required: boolean; description: string}[]
  options?: Partial<Record<Key<Schema>, OptionSpec>>
  /** Arguments and options together, as commander gives them: text or true. Made when the command runs. */
  schema: () => Schema
  /** Options that mean the same: giving both is an error unless their values agree. */
  same?: readonly (readonly [Key<Schema>, Key<Schema>])[]
  /** Options or arguments that exclude each other. */
  apart?: readonly (readonly [Key<Schema>, Key<Schema>])[]
  examples: readonly [line: string, what: string][]
  /** undefined: it has printed everything itself, until it was interrupted. */
  run(input: z.output<Schema>, context: CommandContext): Promise<Result | undefined>
  /** The result for people, without a newline at the end; '' prints nothing. */
  text(result: Result, context: CommandContext): string | Promise<string>
  /** What `--json` prints; default: the result. */
  json?(result: Result): unknown
  /** What it says while the hub is off; default: nothing. */
  off?: string
  /** Default: 0. */
  exit?(result: Result): ExitCode
}

export type DefinedCommand = {
  readonly name: string
  readonly summary: string
  readonly does: Deed
  readonly examples: readonly [string, string][]
  /** Adds the command to a commander program; `open` makes its context. */
  mount(program: Command, open: (options: {json: boolean}) => CommandContext): void
}

/**
 * Defines a command by its data. Parsing, connecting, printing as text or `--json` and the exit code are done here for all
 * commands; text and JSON come from the same result.
 */
export function defineCommand<Schema extends z.ZodObject, Result>(spec: CommandSpec<Schema, Result>): DefinedCommand {
  return {
    name: spec.name,
    summary: spec.summary,
    does: spec.does,
    examples: spec.examples,
    mount(program, open) {
      const command = commandAt(program, spec.name).description(spec.summary)
      for (const arg of spec.args ?? []) {
        command.argument(arg.required ? `<${arg.name}>` : `[${arg.name}]`, arg.description)
      }
      const options = Object.entries<OptionSpec | undefined>(spec.options ?? {})
      const keys = new Map<string, Key<Schema>>()
      for (const [key, option] of options) {
        if (!option) continue
        const added = new Option(option.flags, option.description)
        if (option.many) added.argParser((value, before?: string[]) => [...(before ?? []), value])
        else if (added.required || added.optional) added.argParser(onceOnly(spec.name, longFlag(option.flags)))
        keys.set(added.attributeName(), key as Key<Schema>)
        OPTION_WORDS.set(added, () => wordsOf(spec.schema().shape[key]))
        command.addOption(added)
      }
      command.option('--json', 'print the result as JSON')
      command.addHelpText('after', examplesText(spec.examples))
      command.action(async (...values: unknown[]) => {
        const given = command.opts<Record<string, unknown>>()
        const positional = (spec.args ?? []).map((arg, index) => [arg.key, values[index]])
        const named = [...keys].map(([attribute, key]) => [key, given[attribute]])
        const input = Object.fromEntries([...positional, ...named].filter(([, value]) => value !== undefined))
        refuseTogether(
          spec,
          input,
          [...keys].filter(([name]) => command.getOptionValueSource(name) === 'cli').map(([, key]) => key),
        )
        refuseEmpty(spec, input)
        await using context = open({json: command.optsWithGlobals().json === true || input.format === 'json'})
        const parsed = parseInput(spec, input)
        const explain = async (error: unknown) => {
          throw await context.explained(error)
        }
        const result = await context
          .traced(spec.name, () => spec.run(parsed, context))
          .catch(unlessOff)
          .catch(explain)
        if (result === undefined) return
        if (result === OFF) return context.print({hub: 'off'}, () => spec.off ?? '')
        const text = context.json ? '' : await textOf(spec, result, context).catch(explain)
        context.print(spec.json ? spec.json(result) : result, () => text)
        context.setExit(spec.exit?.(result) ?? EXIT.good)
      })
    },
  }
}

async function textOf<Schema extends z.ZodObject, Result>(
  spec: Pick<CommandSpec<Schema, Result>, 'text'>,
  result: Result,
  context: CommandContext,
): Promise<string> {
  return spec.text(result, context)
}

const OFF = Symbol('the hub is off')

function unlessOff(error: unknown): typeof OFF {
  if (error instanceof HubOff) return OFF
  throw error
}

/** The option of commands that other tools know with a format; `json` is the same as `--json`. */
export const FORMAT_OPTION = {flags: '--format <format>', description: 'text or json; json is the same as --json'}
export const format = z.enum(['text', 'json']).default('text')

/** Whether a command line asks for JSON, also one that is wrong. */
export function asksForJson(args: readonly string[]): boolean {
  const ends = args.indexOf('--')
  const words = ends < 0 ? args : args.slice(0, ends)
  return words.some(
    (word, index) =>
      word === '--json' || word === '--format=json' || (word === '--format' && words[index + 1] === 'json'),
  )
}

/** The command of a name like `daemon start`; creates its group if this is the first of it. */
function commandAt(program: Command, name: string): Command {
  let at = program
  for (const word of name.split(' ')) {
    const known = at.commands.find(command => command.name() === word)
    at = known ?? newCommand(at, word)
  }
  return at
}

function newCommand(parent: Command, name: string): Command {
  const made = parent.command(name)
  const group = GROUPS[name]
  if (!group || parent.parent !== null) return made
  return made.description(group.summary).helpCommand(false).addHelpText('after', examplesText(group.examples))
}

/** Refuses options that exclude each other, and two names of one option with different values. */
function refuseTogether<Schema extends z.ZodObject>(
  {name, args = [], options = {}, same = [], apart = []}: CommandSpec<Schema, never> | CommandSpec<Schema, unknown>,
  input: Record<string, unknown>,
  given: readonly string[],
): void {
  const isGiven = (key: string) =>
    given.includes(key) || (args.some(arg => arg.key === key) && input[key] !== undefined && String(input[key]) !== '')
  const shown = (key: string) => {
    const flags = (options as Partial<Record<string, OptionSpec>>)[key]?.flags
    return flags === undefined ? `<${args.find(arg => arg.key === key)?.name ?? key}>` : longFlag(flags)
  }
  const refuse = (message: string, next: string) =>
    usageError({code: 'bad-usage', message: `${name}: ${message}`, next})
  for (const [one, other] of same) {
    if (isGiven(one) && isGiven(other) && input[one] !== input[other]) {
      throw refuse(`${shown(one)} and ${shown(other)} are the same option, but their values differ`, 'give one of them')
    }
  }
  // A plan is printed without a question, so there is nothing to say yes to.
  const pairs: readonly (readonly [string, string])[] = [...apart, ['dryRun', 'yes']]
  for (const [one, other] of pairs) {
    if (isGiven(one) && isGiven(other)) {
      throw refuse(`${shown(one)} and ${shown(other)} exclude each other`, 'give one of them')
    }
  }
}

/** Takes the value of an option, and refuses a second one that differs: the first would be dropped without a word. */
function onceOnly(command: string, flag: string): (value: string, before: unknown) => string {
  return (value, before) => {
    if (before === undefined || before === value) return value
    const first = before === true ? 'without a value' : shownValue(before)
    throw usageError({
      code: 'bad-usage',
      message: `${command}: ${flag} is given twice, first ${first}, then ${shownValue(value)}`,
      next: `give one of them; clambake ${command} --help`,
    })
  }
}

/** Refuses an argument without a character, as a script's unset variable leaves it. */
function refuseEmpty<Schema extends z.ZodObject>(
  {name, args = []}: Pick<CommandSpec<Schema, never> | CommandSpec<Schema, unknown>, 'name' | 'args'>,
  input: Record<string, unknown>,
): void {
  const empty = args.find(({key}) => [input[key]].flat().includes(''))
  if (empty === undefined) return
  throw usageError({
    code: 'bad-usage',
    message: `${name}: <${empty.name.replace('...', '')}> is empty: ${empty.description}`,
    next: `clambake ${name} --help`,
  })
}

/** `--follow` of `-f, --follow <x>`. */
function longFlag(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags
}

function parseInput<Schema extends z.ZodObject>(
  spec: CommandSpec<Schema, never> | CommandSpec<Schema, unknown>,
  input: Record<string, unknown>,
): z.output<Schema> {
  const parsed = spec.schema().safeParse(input, PARSED_ONCE)
  if (parsed.success) return parsed.data as z.output<Schema>
  const [issue] = parsed.error.issues
  const key = String(issue?.path[0] ?? '')
  const flags = spec.options?.[key as Key<Schema>]?.flags
  const problem = issue && inputProblem(issue)
  const value = input[key] === undefined ? key : shownValue(input[key])
  throw usageError({
    code: 'bad-usage',
    message: `${spec.name}: ${[flags && longFlag(flags), value, problem].filter(Boolean).join(' ')}`,
    next: `clambake ${spec.name} --help`,
  })
}

/** Finds the words that an option takes, by commander's option: an error about a missing value names them. */
export const OPTION_WORDS = new WeakMap<Option, () => readonly string[] | undefined>()

const SHOWN_LENGTH = 60

/** A value of the command line as an error shows it: cut, and in quotes if it is empty or has spaces at its ends. */
function shownValue(value: unknown): string {
  const text = String(value)
  const cut = text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text
  return cut.trim() === cut && cut !== '' ? cut : `"${cut}"`
}

/** The examples of a command below its help. */
export function examplesText(examples: readonly [string, string][]): string {
  const width = Math.max(...examples.map(([line]) => line.length))
  const lines = examples.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`)
  return `\nExamples:\n${lines.join('\n')}\n`
}
