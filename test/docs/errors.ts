import {readdirSync, readFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {parseAst} from 'rolldown/parseAst'
import type {ErrorCode} from '../../src/base/error-codes.ts'
import {EXIT_STATUS} from '../../src/cli/man-page.ts'
import {handlingOf} from '../../src/model/core/error-classes.ts'
import {cell, code, table} from './markdown.ts'

const ROOT = resolve(import.meta.dirname, '../..')

/** What is only known when the error is shown. */
const SAID_THEN = '(the error says what happened)'
const NEXT_THEN = '(the error says it)'
const UNEXPECTED = 'this should not happen: see [Report a bug](#report-a-bug)'

/** What the source says where it makes an error: values that are only known at run time are shown as `…`. */
type ErrorText = {code: string; message: string; next: string | null}

/** Exit codes of all commands. */
export function exitCodes(): string {
  return table(
    ['exit code', 'meaning'],
    EXIT_STATUS.map(([status, meaning]) => [code(status), cell(meaning)]),
  )
}

/** Every error code with what the error says and what to do next, by the area that it comes from. */
export function errorReference(): string {
  const texts = Map.groupBy(errorTexts(), text => text.code)
  return errorAreas()
    .map(({title, codes}) => {
      const rows = codes.flatMap(name => rowsOf(name, texts.get(name) ?? []))
      return `### ${title}\n\n${table(['code', 'what it says', 'what to do next'], rows)}`
    })
    .join('\n\n')
}

function rowsOf(name: string, texts: readonly ErrorText[]): string[][] {
  const ofClass = texts.length === 0 ? NEXT_THEN : nextOfClass(name)
  const said = texts.filter(({message}) => hasWords(message))
  const rows = (said.length > 0 ? said : [{message: SAID_THEN, next: texts[0]?.next ?? null}]).map(
    ({message, next}) => [cell(message), next === null ? ofClass : cell(hasWords(next) ? next : NEXT_THEN)],
  )
  const different = [...new Map(rows.map(row => [row.join('\n'), row])).values()]
  return different.map((row, index) => [index === 0 ? code(name) : '', ...row])
}

function hasWords(text: string): boolean {
  return /[a-z]{2}/i.test(text)
}

/** What to do about an error that does not say it: the same as the daemon says of its kind. */
function nextOfClass(name: string): string {
  const handling = handlingOf({code: name as ErrorCode})
  return handling === handlingOf({code: 'internal'}) ? UNEXPECTED : cell(handling.next)
}

/** The areas of `ErrorCode` in the order of its file, each with its codes. */
export function errorAreas(): {title: string; codes: string[]}[] {
  const source = readFileSync(join(ROOT, 'src/base/error-codes.ts'), 'utf8')
  const areas = [...source.matchAll(/\/\*\* ([^*]+)\. \*\/\ntype \w+ =([^/]+)/g)].map(([, title, union]) => ({
    title: title!,
    codes: literals(union!),
  }))
  const others = literals(source).filter(name => !areas.some(({codes}) => codes.includes(name)))
  return [...areas, {title: 'Bugs of Clambake', codes: others}]
}

function literals(source: string): string[] {
  return [...source.matchAll(/'([a-z-]+)'/g)].map(([, name]) => name!)
}

/** Every error that the source makes from an object with `code` and `message`. */
function errorTexts(): ErrorText[] {
  const files = readdirSync(join(ROOT, 'src'), {recursive: true, encoding: 'utf8'}).filter(name => name.endsWith('.ts'))
  return files.sort().flatMap(name => textsOf(readFileSync(join(ROOT, 'src', name), 'utf8')))
}

type Node = {type: string; [key: string]: unknown}

function textsOf(source: string): ErrorText[] {
  if (!source.includes('code') || !source.includes('message')) return []
  const known = new Set(errorAreas().flatMap(({codes}) => codes))
  const found: ErrorText[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      node.forEach(visit)
      return
    }
    if (typeof node !== 'object' || node === null) return
    if ((node as Node).type === 'ObjectExpression') {
      const values = valuesOf(node as Node)
      const next = values.get('next')
      for (const name of alternatives(values.get('code')).filter(text => known.has(text))) {
        const messages = alternatives(values.get('message'))
        const nexts = next === undefined ? [null] : alternatives(next)
        // Two messages with two ways on come from the same condition.
        const count = Math.max(messages.length, nexts.length)
        for (let at = 0; at < count; at++) {
          found.push({code: name, message: messages[at] ?? messages[0]!, next: at in nexts ? nexts[at]! : nexts[0]!})
        }
      }
    }
    Object.values(node).forEach(visit)
  }
  visit(parseAst(source, {lang: 'ts'}))
  return found
}

function valuesOf(node: Node): Map<string, Node> {
  return new Map(
    (node.properties as Node[]).flatMap(property => {
      const key = property.key as Node | undefined
      return property.type === 'Property' && key
        ? [[String(key.name ?? key.value), property.value as Node] as const]
        : []
    }),
  )
}

/** The texts that an expression may have. */
function alternatives(node: Node | undefined): string[] {
  switch (node?.type) {
    case 'Literal':
      return [typeof node.value === 'string' ? node.value : '…']
    case 'TemplateLiteral': {
      const parts = (node.quasis as Node[]).map(quasi => (quasi.value as {cooked: string}).cooked)
      return [parts.join('…')]
    }
    case 'ConditionalExpression':
      return [...alternatives(node.consequent as Node), ...alternatives(node.alternate as Node)]
    default:
      return ['…']
  }
}
