import {type Command, Option} from 'commander'
import type {z} from 'zod'
import {EXIT, type ExitCode, usageError} from '../base/errors.ts'
import type {CommandContext} from './context.ts'

type OptionSpec = {
  /** In commander's form: `--max <n>`, `-f, --follow`. */
  flags: string
  description: string
}

type CommandSpec<Schema extends z.ZodObject, Result> = {
  /** `pop`, or `daemon start` for a command in a group. */
  name: string
  summary: string
  /** Positional arguments in order; `key` is the schema's field. */
  args?: readonly {key: keyof z.input<Schema> & string; name: string; required: boolean; description: string}[]
  options?: Partial<Record<keyof z.input<Schema> & string, OptionSpec>>
  /** Arguments and options together, as commander gives them: text or true. */
  schema: Schema
  examples: readonly [line: string, what: string][]
  /** undefined: it has printed everything itself, until it was interrupted. */
  run(input: z.output<Schema>, context: CommandContext): Promise<Result | undefined>
  /** The result for people, without a newline at the end; '' prints nothing. */
  text(result: Result, context: CommandContext): string | Promise<string>
  /** Default: 0. */
  exit?(result: Result): ExitCode
}

export type DefinedCommand = {
  readonly name: string
  readonly summary: string
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
    examples: spec.examples,
    mount(program, open) {
      const command = commandAt(program, spec.name).description(spec.summary)
      for (const arg of spec.args ?? []) {
        command.argument(arg.required ? `<${arg.name}>` : `[${arg.name}]`, arg.description)
      }
      const options = Object.entries<OptionSpec | undefined>(spec.options ?? {})
      const keys = new Map<string, string>()
      for (const [key, option] of options) {
        if (!option) continue
        const added = new Option(option.flags, option.description)
        keys.set(added.attributeName(), key)
        command.addOption(added)
      }
      command.option('--json', 'print the result as JSON')
      command.addHelpText('after', examplesText(spec.examples))
      command.action(async (...values: unknown[]) => {
        const given = command.opts<Record<string, unknown>>()
        const positional = (spec.args ?? []).map((arg, index) => [arg.key, values[index]])
        const named = [...keys].map(([attribute, key]) => [key, given[attribute]])
        const input = Object.fromEntries([...positional, ...named].filter(([, value]) => value !== undefined))
        await using context = open({json: command.optsWithGlobals().json === true})
        const parsed = parseInput(spec, input)
        const result = await context.traced(spec.name, () => spec.run(parsed, context))
        if (result === undefined) return
        const text = context.json ? '' : await spec.text(result, context)
        context.print(result, () => text)
        context.setExit(spec.exit?.(result) ?? EXIT.good)
      })
    },
  }
}

/** The command of a name like `daemon start`; creates its group if this is the first of it. */
function commandAt(program: Command, name: string): Command {
  let at = program
  for (const word of name.split(' ')) {
    at = at.commands.find(command => command.name() === word) ?? at.command(word)
  }
  return at
}

function parseInput<Schema extends z.ZodObject>(
  spec: CommandSpec<Schema, never> | CommandSpec<Schema, unknown>,
  input: Record<string, unknown>,
): z.output<Schema> {
  const parsed = spec.schema.safeParse(input)
  if (parsed.success) return parsed.data as z.output<Schema>
  const [issue] = parsed.error.issues
  const key = String(issue?.path[0] ?? '')
  const flag = spec.options?.[key as keyof z.input<Schema> & string]?.flags.split(' ')[0]
  throw usageError({
    code: 'bad-usage',
    message: `${spec.name}: ${[flag, String(input[key] ?? key), issue?.message].filter(Boolean).join(' ')}`,
    next: `clambake ${spec.name} --help`,
  })
}

export function examplesText(examples: readonly [string, string][]): string {
  const width = Math.max(...examples.map(([line]) => line.length))
  const lines = examples.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`)
  return `\nExamples:\n${lines.join('\n')}\n`
}
