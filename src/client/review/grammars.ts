import {common, createLowlight} from 'lowlight'
import type {CodeLook, CodePiece} from './code.ts'

// Loaded when the first diff is opened: the grammars take longer to load than the screen takes to start.

const lowlight = createLowlight(common)

/** What the library calls a piece of code, as the theme's meanings; what is not named has the look of its line. */
const LOOKS: Readonly<Record<string, CodeLook>> = {
  ...looksLike({tone: 'accent'}, ['keyword', 'built_in', 'literal', 'type', 'selector-tag', 'name', 'tag', 'operator']),
  ...looksLike({tone: 'working'}, [
    'string',
    'number',
    'regexp',
    'symbol',
    'char',
    'link',
    'code',
    'attribute',
    'attr',
  ]),
  ...looksLike({tone: 'muted'}, ['comment', 'quote', 'doctag', 'meta']),
  ...looksLike({bold: true}, ['title', 'section', 'strong', 'selector-class', 'selector-id']),
  ...looksLike({italic: true}, ['emphasis']),
}

function looksLike(look: CodeLook, names: readonly string[]): Record<string, CodeLook> {
  return Object.fromEntries(names.map(name => [name, look]))
}

type Node = {type: string; value?: string; children?: readonly Node[]; properties?: {className?: unknown}}

/** Code as pieces with their looks, in order and whole. */
export function highlight(code: string, language: string): CodePiece[] {
  if (!lowlight.registered(language)) return [{text: code}]
  const pieces: CodePiece[] = []
  const visit = (node: Node, look: CodeLook): void => {
    if (node.type === 'text') pieces.push({text: node.value ?? '', ...look})
    for (const child of node.children ?? []) visit(child, lookOf(child, look))
  }
  visit(lowlight.highlight(language, code) as Node, {})
  return pieces
}

/** Of nested pieces the inner one counts: a value within a string. */
function lookOf({properties}: Node, outer: CodeLook): CodeLook {
  const names = Array.isArray(properties?.className) ? properties.className.map(String) : []
  return names.map(name => LOOKS[name.replace(/^hljs-/, '').split('.')[0]!]).find(found => found) ?? outer
}
