import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {COMMANDS} from '../../src/cli/commands/index.ts'
import {createProgram} from '../../src/cli/run.ts'

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')

/** Command lines in the first column of the README's table of commands: `clambake daemon start|stop`. */
const DOCUMENTED = README.split('\n')
  .filter(line => line.startsWith('| `clambake'))
  .flatMap(line => [
    ...line
      .split('|')
      .slice(1, -1)
      .join('|')
      .split(' | ')[0]!
      .matchAll(/`([^`]+)`/g),
  ])
  .map(([, text]) => text!.replace(/^clambake /, '').replaceAll('\\|', '|'))

/** Whether the table names a command: `daemon start` is named by `daemon start|stop`. */
function isDocumented(name: string): boolean {
  const [group = '', sub] = name.split(' ')
  return DOCUMENTED.some(text => {
    const [first = '', second = ''] = text.split(' ')
    return first === group && (sub === undefined || second.split('|').includes(sub))
  })
}

describe('every command', () => {
  it.each(COMMANDS.map(command => [command.name, command] as const))('%s has examples that run it', (name, command) => {
    expect(command.examples.length).toBeGreaterThan(0)
    for (const [line, what] of command.examples) {
      const [, given] = new RegExp(`\\bclambake ${name}\\b([^)]*)`).exec(line) ?? []
      expect(given, line).toBeDefined()
      expect(what).not.toBe('')
      // Every word and option of an example must be one that the command takes.
      const program = createProgram()
      const target = name.split(' ').reduce((at, word) => at.commands.find(sub => sub.name() === word)!, program)
      const {unknown} = target.parseOptions(given!.trim().split(' '))
      expect(unknown, line).toEqual([])
    }
  })

  it.each(COMMANDS.map(({name}) => name))('%s is in the README', name => {
    expect(isDocumented(name), `a row for clambake ${name}; there are ${DOCUMENTED.join(', ')}`).toBe(true)
  })

  it('of the README exists', () => {
    const names = new Set(COMMANDS.flatMap(({name}) => [name, name.split(' ')[0]]))
    const unknown = DOCUMENTED.filter(text => !text.startsWith('--') && text !== 'clambake')
      .map(text => text.split(' ')[0]!)
      .filter(first => !names.has(first))
    expect(unknown).toEqual([])
  })
})
