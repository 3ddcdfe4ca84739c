import {nameOf} from './names.ts'
import {onlyReads} from './readers.ts'
import {type Argument, type Invocation, type Line, plain, readLine} from './shell.ts'

/** Programs that start the one which their arguments name. */
const WRAPPERS = new Set(
  `sudo doas env command exec builtin nohup time nice ionice timeout gtimeout stdbuf setsid chronic caffeinate xargs parallel
  watch entr flock strace ltrace unshare chroot runuser npx bunx pnpx uvx pipx corepack dotenv direnv cross-env with-env
  concurrently wait-for-it`.split(/\s+/),
)
/** Package managers: these words of theirs start the program that follows. */
const EXEC_WORDS: Readonly<Record<string, readonly string[]>> = {
  npm: ['exec', 'x'],
  pnpm: ['exec', 'dlx'],
  yarn: ['exec', 'dlx'],
  bun: ['x'],
  poetry: ['run'],
  pipenv: ['run'],
  pdm: ['run'],
  hatch: ['run'],
  rye: ['run'],
  uv: ['run'],
  bundle: ['exec'],
  mise: ['exec', 'x'],
  asdf: ['exec'],
  nix: ['run', 'develop'],
  heroku: ['run'],
  doppler: ['run'],
  op: ['run'],
}
/** Programs that read their arguments as command lines. */
const SHELLS = new Set('bash sh zsh dash ksh ash fish busybox eval ssh su script tmux screen'.split(' '))
/** Programs that run code of a language. */
const INTERPRETERS = new Set(
  'node tsx ts-node deno bun python python2 python3 pypy ruby perl php lua Rscript java swift osascript pwsh powershell'.split(
    ' ',
  ),
)
/** Programs that run tasks by name. */
const RUNNERS = new Set(
  'npm pnpm yarn bun make gmake just task rake invoke nox tox gradle gradlew mvn mvnw systemctl service launchctl brew'.split(
    ' ',
  ),
)
const MAX_DEPTH = 5

/** What a line starts, with what its wrappers and inner shells start; `unknown`: some of it the line does not say. */
export type Started = {invocations: Line; unknown: boolean}

export function startedBy(line: string, depth = 0): Started {
  const read = depth > MAX_DEPTH ? null : readLine(line)
  if (read === null) return {invocations: [], unknown: true}
  return joined(
    read.map(invocation => {
      const inner = opened(invocation, depth)
      // Of a wrapper only what it starts counts: its words are that program's.
      if (inner.invocations.length > 0 && isWrapper(invocation)) return inner
      return {invocations: [invocation, ...inner.invocations], unknown: inner.unknown}
    }),
  )
}

/** Whether a program runs tasks by their names. */
export function isRunner(name: string): boolean {
  return RUNNERS.has(name)
}

function isWrapper({program}: Invocation): boolean {
  const name = nameOf(program)
  return WRAPPERS.has(name) || SHELLS.has(name) || Object.hasOwn(EXEC_WORDS, name)
}

/** The words that an invocation gives a task runner, an interpreter or the shell as the thing to run. */
export function targetsOf({program, args}: Invocation): string[] {
  const name = nameOf(program)
  if (RUNNERS.has(name)) {
    const end = args.findIndex(({value}) => value === '--')
    return (end < 0 ? args : args.slice(0, end)).map(({value}) => value).filter(value => !value.startsWith('-'))
  }
  if (SHELLS.has(name) || INTERPRETERS.has(name) || name === 'source' || name === '.') {
    const script = args.find(({value}) => !value.startsWith('-'))
    return script === undefined ? [] : [nameOf(script)]
  }
  return [name]
}

function opened(invocation: Invocation, depth: number): Started {
  const {program, args, input} = invocation
  const name = nameOf(program)
  if (program.isOpen || program.isGlob || name === 'alias') return {invocations: [], unknown: true}
  if (SHELLS.has(name)) return inShell(invocation, depth)
  if (INTERPRETERS.has(name)) {
    const isCode = args.some(({value}) => /^-(?:[a-z]*[ce]|-eval|-print|p|r)$/i.test(value)) || args.length === 0
    return {invocations: [], unknown: isCode || input !== null}
  }
  const exec = EXEC_WORDS[name]
  const at = exec === undefined ? -1 : args.findIndex(({value}) => exec.includes(value))
  const inner = at >= 0 ? args.slice(at + 1) : WRAPPERS.has(name) ? args : name === 'find' ? afterExec(args) : null
  if (inner === null) return NOTHING
  const started = wrapped(inner, invocation, depth)
  // What xargs adds to the words of its program the line does not say.
  const adds = name === 'xargs' || name === 'parallel'
  return adds && !started.invocations.every(({program: {value}}) => onlyReads(nameOf({value})))
    ? {...started, unknown: true}
    : started
}

const NOTHING: Started = {invocations: [], unknown: false}

/**
 * What a wrapper starts: the first word that is no option, and the one after it where it may be an option's value. A word
 * with a space is a line of its own, as in `watch "docker ps"`.
 */
function wrapped(args: readonly Argument[], {writes, input}: Invocation, depth: number): Started {
  const found: Invocation[] = []
  const inner: Started[] = []
  for (const [at, program] of args.entries()) {
    const {value} = program
    if (value.startsWith('-') || /^\w+=/.test(value) || /^[\d.]+[smhd]?$/.test(value)) continue
    const started = {program, args: args.slice(at + 1), writes, input}
    if (/\s/.test(value)) inner.push(startedBy(value, depth + 1))
    else {
      found.push(started)
      inner.push(depth > MAX_DEPTH ? {invocations: [], unknown: true} : opened(started, depth + 1))
    }
    if (!args[at - 1]?.value.startsWith('-')) break
  }
  return joined([{invocations: found, unknown: false}, ...inner])
}

/** Everything that a shell is given is read as a line. */
function inShell({program, args, input}: Invocation, depth: number): Started {
  const name = nameOf(program)
  const words = args.filter(({value}) => !/^[-+]/.test(value))
  if (args.some(({isOpen}) => isOpen)) return {invocations: [], unknown: true}
  // What comes from the standard input is not in the line.
  if (words.length === 0 && input === null) return {invocations: [], unknown: name !== 'eval'}
  const lines = [...words.map(({value}) => value), ...(input === null ? [] : [input])]
  // A program's words may be given one by one, as in `ssh host docker ps`.
  for (let at = 0; at < Math.min(words.length, 3); at++) {
    lines.push(
      words
        .slice(at)
        .map(({value}) => value)
        .join(' '),
    )
  }
  return joined(lines.map(line => startedBy(line, depth + 1)))
}

function afterExec(args: readonly Argument[]): Argument[] | null {
  const at = args.findIndex(({value}) => /^-(?:exec|execdir|ok|okdir)$/.test(value))
  if (at < 0) return args.some(({value}) => value === '-delete') ? [plain('rm'), ...args] : null
  return args.slice(at + 1)
}

function joined(parts: readonly Started[]): Started {
  return {
    invocations: parts.flatMap(({invocations}) => invocations),
    unknown: parts.some(({unknown}) => unknown),
  }
}
