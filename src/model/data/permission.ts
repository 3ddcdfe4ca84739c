/** Where a tool's input says what the tool is about. Tools that are not here match by their name alone. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  Bash: 'command',
  Edit: 'file_path',
  Write: 'file_path',
  Read: 'file_path',
  MultiEdit: 'file_path',
  NotebookEdit: 'notebook_path',
  WebFetch: 'url',
  WebSearch: 'query',
  Glob: 'pattern',
  Grep: 'pattern',
}
const SHELL = 'Bash'
/** Another field of a shell command may change what it may do. */
const SHELL_FIELDS = ['command', 'description', 'timeout', 'run_in_background']
const PATHS = ['file_path', 'notebook_path']
/** What a person must answer whatever the lists say: it is a question, not a permission. */
export const QUESTION_TOOL = 'AskUserQuestion'

/** What makes more than one command, or another one, of a line. */
const OPERATORS = /&|;|\||\$\(|\$\{|`|[\r\n]|[<>]|[()]/
/** Where such a line comes apart into commands. */
const SEPARATORS = /&&|\|\||[;|&`\r\n(){}<>]|\$\(/

export type Permission = 'allow' | 'deny' | 'ask'

/**
 * What the lists of the configuration say to a tool's use. A pattern is a tool's name, or `Tool(words)`, where `*`
 * stands for any characters and `:*` at the end for any further arguments. A denial wins. A shell command with
 * operators is allowed only by a pattern that it equals, and denied by a pattern that any part of it matches. What is
 * of an unknown shape is asked.
 */
export function decidePermission(use: {
  tool: string
  input: Readonly<Record<string, unknown>>
  allow: readonly string[]
  deny: readonly string[]
  /** Paths are also matched as seen from here. */
  directory?: string
}): Permission {
  const {tool, input, allow, deny, directory = ''} = use
  const name = Object.hasOwn(ARGUMENTS, tool) ? ARGUMENTS[tool] : undefined
  const value = name === undefined ? undefined : input[name]
  const argument = typeof value === 'string' ? value : undefined
  const isPath = name !== undefined && PATHS.includes(name)
  const spellings = argument === undefined ? [] : isPath ? pathSpellings(argument, directory) : [argument]
  const parts = tool === SHELL ? spellings.flatMap(commandsIn) : spellings
  if (deny.some(pattern => matches(pattern, tool, parts))) return 'deny'
  if (tool === QUESTION_TOOL || (name !== undefined && argument === undefined)) return 'ask'
  if (tool === SHELL && !Object.keys(input).every(key => SHELL_FIELDS.includes(key))) return 'ask'
  if (tool === SHELL && argument !== undefined && OPERATORS.test(argument)) {
    return allow.includes(`${tool}(${argument})`) ? 'allow' : 'ask'
  }
  // A way up leads out of any folder that a pattern names.
  if (isPath && argument?.split('/').includes('..')) return allow.includes(tool) ? 'allow' : 'ask'
  return allow.some(pattern => matches(pattern, tool, spellings)) ? 'allow' : 'ask'
}

/** Whether this is how a pattern is written; for messages about a configuration. */
export function isPattern(pattern: string): boolean {
  return PATTERN.test(pattern)
}

const PATTERN = /^([^\s()]+)(?:\(([\s\S]+)\))?$/

function matches(pattern: string, tool: string, arguments_: readonly string[]): boolean {
  const [, name, words] = PATTERN.exec(pattern) ?? []
  if (name === undefined || !glob(name).test(tool)) return false
  return words === undefined || arguments_.some(argument => glob(words).test(argument))
}

function glob(words: string): RegExp {
  const prefix = words.endsWith(':*') ? words.slice(0, -2) : null
  const body = (prefix ?? words).split('*').map(escaped).join('[\\s\\S]*')
  return new RegExp(`^${body}${prefix === null ? '' : '(?:\\s[\\s\\S]*)?'}$`)
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** The whole line, and each command in it without the variables that it sets, with single spaces. */
function commandsIn(line: string): string[] {
  const parts = line.split(SEPARATORS).map(part =>
    part
      .trim()
      .replace(/^(?:\w+=\S*\s+)+/, '')
      .replace(/\s+/g, ' '),
  )
  return [line, ...parts.filter(part => part !== '')]
}

function pathSpellings(path: string, directory: string): string[] {
  const within = directory !== '' && path.startsWith(`${directory}/`) ? [path.slice(directory.length + 1)] : []
  return [path, ...within]
}
