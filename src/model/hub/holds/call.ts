/** A tool's use by Claude Code, before it happens. */
export type ToolCall = {
  tool: string
  input: Readonly<Record<string, unknown>>
  /** The session's current folder. */
  directory: string
  /** The top folder of the checkout that it is in; null: not known. */
  root: string | null
}

/** Where a call's paths are. */
export type Place = Pick<ToolCall, 'directory' | 'root'>

/** What a call does that can be held. */
export type Deed = {
  /** Command lines that it runs. */
  lines: readonly string[]
  /** Files that it changes. */
  paths: readonly string[]
  /** Names and words that say what a tool of another program does; null: the tool is Claude's own, and known. */
  words: readonly string[] | null
}

const EDITS: Readonly<Record<string, string>> = {
  Edit: 'file_path',
  Write: 'file_path',
  MultiEdit: 'file_path',
  NotebookEdit: 'notebook_path',
}
/** Claude's own tools that change nothing that can be held; what a subagent does is asked for by itself. */
const HARMLESS = new Set(
  `Read Glob Grep LS NotebookRead WebFetch WebSearch TodoRead TodoWrite Task Agent AskUserQuestion ExitPlanMode EnterPlanMode
  BashOutput KillBash KillShell TaskOutput TaskStop TaskCreate TaskUpdate TaskGet TaskList Skill SlashCommand ToolSearch
  ListMcpResourcesTool ReadMcpResourceTool`.split(/\s+/),
)
/** Our own tools say things of what is held, and change nothing of it. */
const OWN_TOOL = /^mcp__(?:plugin_)?clambake(?:_\w+?)?__/
/** Words with which the names of tools begin that only read. */
const READING = /^(?:read|list|get|search|find|view|show|describe|fetch|query|lookup|count|diff|status|stat|tree)/i
const COMMAND_KEYS = /^(?:command|cmd|script|shell|bash|code|args|argv|arguments|commands|line)$/i
const PATH_KEYS = /path|file|dir|folder|uri|source|destination|target|notebook|filename/i
const MAX_DEPTH = 6

export function deedOf({tool, input}: ToolCall): Deed {
  if (HARMLESS.has(tool) || OWN_TOOL.test(tool)) return {lines: [], paths: [], words: null}
  const edited = Object.hasOwn(EDITS, tool) ? EDITS[tool] : undefined
  if (edited !== undefined) {
    const path = input[edited]
    // An edit of which it is not known what it changes is looked at word by word.
    if (typeof path === 'string') return {lines: [], paths: [path], words: null}
  }
  if (tool === 'Bash' && typeof input.command === 'string') return {lines: [input.command], paths: [], words: null}
  return deedOfOther(tool, input)
}

/** What a tool of another program, or one that is not known, may do by what it is given. */
function deedOfOther(tool: string, input: Readonly<Record<string, unknown>>): Deed {
  const lines: string[] = []
  const paths: string[] = []
  const words: string[] = [tool]
  const action = tool.split('__').at(-1) ?? tool
  const reads = READING.test(action)
  const visit = (value: unknown, key: string, depth: number): void => {
    if (depth > MAX_DEPTH) return
    if (typeof value === 'string') {
      if (COMMAND_KEYS.test(key)) lines.push(value)
      else if (PATH_KEYS.test(key) && !reads) paths.push(value.replace(/^file:\/\//, ''))
      if (value.length <= 200) words.push(value)
    } else if (Array.isArray(value)) {
      if (COMMAND_KEYS.test(key)) lines.push(value.filter(part => typeof part === 'string').join(' '))
      for (const each of value) visit(each, key, depth + 1)
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, each] of Object.entries(value)) visit(each, name, depth + 1)
    }
  }
  visit(input, '', 0)
  return {lines, paths, words}
}
