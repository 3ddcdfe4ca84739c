import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {COMMANDS} from '../../src/cli/commands/index.ts'
import {createProgram} from '../../src/cli/run.ts'

const ROOT = join(import.meta.dirname, '../..')
const DOCUMENTS = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs')).flatMap(name => (/\.md$/.test(name) ? [`docs/${name}`] : [])),
]

/** Command lines of a document: in its blocks of shell, and as code in its text. */
function commandLines(document: string): string[] {
  const text = readFileSync(join(ROOT, document), 'utf8').replaceAll('\\|', '|')
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) => block!.split('\n'))
  const spans = [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/`(clambake [^`]+)`/g)].map(([, span]) =>
    span!.replace(/\s+/g, ' '),
  )
  return [...blocks, ...spans].filter(line => /^clambake [a-z]/.test(line)).map(line => line.replace(/\s+#\s.*$/, ''))
}

/** The words of a command line that the program does not know: a command, or an option. */
function unknownWords(line: string): string[] {
  let target = createProgram()
  const words = line.split(' ').slice(1)
  for (const word of words) target = target.commands.find(sub => sub.name() === word) ?? target
  if (target.parent === null) return words.slice(0, 1)
  return target.parseOptions(words).unknown.filter(word => word.startsWith('-') && word !== '--help')
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
})

describe('the documents', () => {
  it('have command lines that are looked at', () => {
    expect(DOCUMENTS.flatMap(commandLines).length).toBeGreaterThan(150)
    expect(unknownWords('clambake landing')).toEqual(['landing'])
    expect(unknownWords('clambake land --soon')).toEqual(['--soon'])
  })

  it.each(DOCUMENTS)('%s names only commands and options that exist', document => {
    expect(commandLines(document).flatMap(line => unknownWords(line).map(word => `${line}: ${word}`))).toEqual([])
  })
})
