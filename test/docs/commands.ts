import type {Command} from 'commander'
import {COMMANDS} from '../../src/cli/commands/index.ts'
import {leaves} from '../../src/cli/man-page.ts'
import {createProgram} from '../../src/cli/run.ts'
import {cell, code, table} from './markdown.ts'

/** Options of `clambake` without a command. */
export function programOptions(): string {
  return optionsOf(createProgram())
}

/** Every command with its arguments, options and examples. */
export function commandReference(): string {
  const examples = new Map(COMMANDS.map(command => [command.name, command.examples]))
  return leaves(createProgram())
    .map(({name, command}) => {
      const args = command.registeredArguments
      const usage = ['clambake', name, ...args.map(arg => (arg.required ? `<${arg.name()}>` : `[${arg.name()}]`))]
      const given = args.filter(arg => arg.description !== '').map(arg => [code(arg.name()), cell(arg.description)])
      const lines = examples.get(name) ?? []
      const width = Math.max(...lines.map(([line]) => line.length))
      return [
        `### \`${usage.join(' ')}\``,
        sentence(command.description()),
        ...(given.length > 0 ? [table(['argument', 'meaning'], given)] : []),
        ...(optionsOf(command) === '' ? [] : [optionsOf(command)]),
        ['```sh', ...lines.map(([line, what]) => `${line.padEnd(width)}  # ${what}`), '```'].join('\n'),
      ].join('\n\n')
    })
    .join('\n\n')
}

function optionsOf(command: Command): string {
  const own = command.options.filter(({long}) => long !== '--json' || command.parent === null)
  return own.length === 0
    ? ''
    : table(
        ['option', 'meaning'],
        own.map(({flags, description}) => [code(flags), cell(description)]),
      )
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`.replaceAll('<', '&lt;')
}
