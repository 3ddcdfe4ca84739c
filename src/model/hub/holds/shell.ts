import {forEachChild, parse, type Redirection, type SyntaxNode, type Word} from 'unbash'

/** A word of a command line. */
export type Argument = {
  value: string
  /** The shell puts something into it that the line does not say, such as a variable. */
  isOpen: boolean
  /** It has `*` or `?` that the shell replaces with names of files. */
  isGlob: boolean
}

/** A program as a line starts it. */
export type Invocation = {
  program: Argument
  args: readonly Argument[]
  /** Files that its output goes to. */
  writes: readonly Argument[]
  /** What it is given as its input, where the line says so. */
  input: string | null
}

/** A line as the shell takes it apart; null: it cannot be read for certain. */
export type Line = readonly Invocation[]

/** A longer line is not read. */
const MAX_LENGTH = 64_000

const OPEN_PARTS = new Set([
  'SimpleExpansion',
  'ParameterExpansion',
  'CommandExpansion',
  'ArithmeticExpansion',
  'ProcessSubstitution',
  'BraceExpansion',
  'ExtendedGlob',
])

/** Every program that a line starts, also in subshells, substitutions, loops and functions. */
export function readLine(line: string): Line | null {
  if (line.length > MAX_LENGTH) return null
  const found: Invocation[] = []
  let isBroken = false
  const visit = (node: SyntaxNode): void => {
    if ('errors' in node && node.errors !== undefined && node.errors.length > 0) isBroken = true
    if (node.type === 'Command') {
      const {writes, input} = redirected(node.redirects)
      if (node.name !== undefined) {
        const args = node.args.map(arg => (arg.type === 'Word' ? argumentOf(arg) : plain(arg.text)))
        found.push({program: argumentOf(node.name), args, writes, input})
      } else if (writes.length > 0) found.push({program: plain(':'), args: [], writes, input})
    }
    if (node.type === 'Redirected') {
      const {writes, input} = redirected(node.redirects)
      found.push({program: plain(':'), args: [], writes, input})
    }
    forEachChild(node, visit)
  }
  try {
    visit(parse(line))
  } catch {
    // The parser gave up, so the line is not known.
    return null
  }
  return isBroken ? null : found
}

export function plain(value: string): Argument {
  return {value, isOpen: false, isGlob: false}
}

function argumentOf(word: Word): Argument {
  let isOpen = false
  let isGlob = false
  const visit = (node: SyntaxNode): void => {
    if (OPEN_PARTS.has(node.type)) isOpen = true
    if (node.type === 'Glob') {
      if (node.kind === 'bracket') isOpen = true
      else isGlob = true
    }
    if (!isOpen) forEachChild(node, visit)
  }
  forEachChild(word, visit)
  return {value: word.value, isOpen, isGlob}
}

function redirected(redirects: readonly Redirection[]): Pick<Invocation, 'writes' | 'input'> {
  const writes: Argument[] = []
  let input: string | null = null
  for (const one of redirects) {
    if (one.type === 'HereDoc') input = `${input ?? ''}${one.body.text}`
    else if (one.target === undefined) continue
    else if (one.type === 'HereString') input = `${input ?? ''}${one.target.value}`
    else if (one.operator !== '<' && one.operator !== '<&') writes.push(argumentOf(one.target))
  }
  return {writes, input}
}
