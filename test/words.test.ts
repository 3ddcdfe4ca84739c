import {readdirSync, readFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {parseAst} from 'rolldown/parseAst'
import {expect, it} from 'vitest'
import {createProgram} from '../src/cli/run.ts'
import {exampleConfig} from '../src/config/example.ts'

const ROOT = resolve(import.meta.dirname, '..')

/** Turns of phrase at which readers stumble, each with what to say instead. */
const AVOIDED: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [/\bstands? there\b/i, 'exists; found "four"'],
  // In backticks it is the system's user of this name.
  [/(?<!`)\bnobody\b(?!`)/i, 'no one; not claimed; no person'],
  [/\b(?:is|are|was|were) told\b/i, 'prints, reports, gets'],
  [/\banew\b/i, 'again'],
  [/\bgo(?:es)? on\b/i, 'continues'],
  [/\bof ours\b/i, 'a message of clambake'],
  [/\blies about\b/i, 'is left over'],
  [/\bwithout an owner\b/i, 'orphaned'],
  [/\bli(?:fe|ves) of the daemon\b/i, 'a start of the daemon'],
  [/\bagents run on\b(?! (?:this|another))/i, 'agents keep running'],
  [/\b(?:it|this|that) is no (?!longer\b|more\b)/i, 'it is not a'],
  [/\b(?:mends|mended)\b/i, 'fixes, fixed'],
  [/\badmits?\b/i, 'allows'],
  [/\bspeaks? against\b/i, 'prevents'],
  [/\bhears?\b/i, 'gets, learns'],
  [/\bshall\b/i, 'should, will'],
  [/\bgiven back\b/i, 'released'],
  [/\bwhoever\b/i, 'the person who; any process that'],
]

type Text = {place: string; text: string}

it.each([
  'routing.max_agents must be a number, but "four" stands there',
  'labels of work on issues that nobody holds',
  'the screen is told',
  'tell GitHub everything anew',
  'the agent goes on with its task',
  'No message of ours',
  'daemon away, agents run on',
  'this is no list',
  'the branch admits only squash',
  'try again once it is mended',
  'nothing speaks against a merge',
  '#7 is given back',
])('finds the phrase in %j', text => {
  expect(stumbles([{place: '', text}])).toHaveLength(1)
})

it('the help of every command is in plain words', () => {
  const all = (command: ReturnType<typeof createProgram>): Text[] => {
    const parts: string[] = []
    command.configureOutput({writeOut: part => void parts.push(part)}).outputHelp()
    return [{place: command.name(), text: parts.join('')}, ...command.commands.flatMap(all)]
  }
  expect(stumbles(all(createProgram()))).toEqual([])
})

it('the configuration that init writes is in plain words', () => {
  expect(stumbles([{place: 'clambake.toml', text: exampleConfig()}])).toEqual([])
})

it('the documents are in plain words', () => {
  const documents = readdirSync(join(ROOT, 'docs')).filter(name => name.endsWith('.md'))
  const places = ['README.md', ...documents.map(name => join('docs', name))]
  // A table with the head "instead of" shows what to avoid.
  const textOf = (place: string) =>
    readFileSync(join(ROOT, place), 'utf8').replace(/^\| instead of \|(?:.*\n)+?(?=\n)/m, '')
  expect(stumbles(places.map(place => ({place, text: textOf(place)})))).toEqual([])
})

it('messages and screens are in plain words', () => {
  const files = ['src', 'components'].flatMap(folder =>
    readdirSync(join(ROOT, folder), {recursive: true, encoding: 'utf8'})
      .filter(name => /\.tsx?$/.test(name))
      .map(name => join(folder, name)),
  )
  expect(files.length).toBeGreaterThan(300)
  expect(stumbles(files.flatMap(textsOf))).toEqual([])
})

function stumbles(texts: readonly Text[]): string[] {
  return texts.flatMap(({place, text}) =>
    AVOIDED.flatMap(([phrase, instead]) => {
      // Prose is wrapped: a phrase may be spread over two lines.
      const [found] = phrase.exec(text.replace(/\s+/g, ' ')) ?? []
      return found === undefined ? [] : [`${place}: "${found}"; say: ${instead}`]
    }),
  )
}

type LiteralNode = {type?: string; value?: unknown}

/** Strings, template parts and JSX texts of a file that have a space in them: what people may read. */
function textsOf(file: string): Text[] {
  const found: Text[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const child of node) visit(child)
      return
    }
    if (typeof node !== 'object' || node === null) return
    const {type, value} = node as LiteralNode
    const text = type === 'TemplateElement' ? (value as {cooked?: string | null}).cooked : value
    if (/^(Literal|TemplateElement|JSXText)$/.test(type ?? '') && typeof text === 'string' && text.includes(' ')) {
      found.push({place: file, text})
    }
    for (const child of Object.values(node)) visit(child)
  }
  visit(parseAst(readFileSync(join(ROOT, file), 'utf8'), {lang: file.endsWith('x') ? 'tsx' : 'ts'}))
  return found
}
