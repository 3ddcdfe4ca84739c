/** Whose containers they are, for `docker ps --filter label=…`. */
export const REPOSITORY_LABEL = 'clambake.repository'
export const SESSION_LABEL = 'clambake.session'

/** What the terminal host adds to every pane. */
const OF_THE_PANE = ['CLAMBAKE_SESSION', 'CLAMBAKE_MAILBOX_URL', 'CLAMBAKE_MAILBOX_TOKEN', 'TERM', 'COLORTERM']
/** What is true of this machine and its user alone; `HOME` is set by us. */
const OF_THIS_MACHINE =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|XDG_.*|SSL_CERT_.*|NODE_EXTRA_CA_CERTS|GIT_CONFIG_(GLOBAL|SYSTEM)|DOCKER_.*)$/
/** What the docker client itself reads. */
const OF_THE_CLIENT = /^(DOCKER_[A-Z_]+|XDG_RUNTIME_DIR)$/

/** One container for a session: also what is there of an earlier life is found by it. */
export function containerName(session: string): string {
  return `clambake-${session}`
}

/** Variables that the docker client needs to find its engine. */
export function dockerClientEnvironment(hostEnv: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const found = Object.entries(hostEnv).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && OF_THE_CLIENT.test(entry[0]),
  )
  return Object.fromEntries(found)
}

/**
 * The command line that runs `command` in a container. Its paths are those of this machine: the worktree and git's
 * common folder, of which `readOnly` cannot be written. Variables are named and never valued here: their values are in
 * the environment of the docker client, where no list of processes shows them. Pure.
 */
export function dockerRun(options: {
  image: string
  /** Further options of `docker run`. */
  args: readonly string[]
  session: string
  repository: string
  /** `uid:gid`, so that files belong to who runs Clambake. */
  user: string
  worktree: string
  commonDir: string
  /** Paths below `commonDir` by which git would run programs on this machine. */
  readOnly: readonly string[]
  /** Outlives the container: what the client remembers of its conversations. */
  home: string
  /** Names of the variables that the agent has. */
  variables: readonly string[]
  /** It posts to the pane's mailbox, which listens on this machine's loopback alone. */
  posts: boolean
  command: readonly string[]
}): [string, ...string[]] {
  const {args, session, worktree, commonDir, home} = options
  const names = [...new Set([...options.variables.filter(name => !OF_THIS_MACHINE.test(name)), ...OF_THE_PANE])]
  const chosen = (...flags: string[]) =>
    args.some(arg => flags.some(flag => arg === flag || arg.startsWith(`${flag}=`)))
  return [
    'docker',
    'run',
    ...['--rm', '-it', '--init', '--name', containerName(session)],
    ...['--label', `${SESSION_LABEL}=${session}`, '--label', `${REPOSITORY_LABEL}=${options.repository}`],
    ...(chosen('--user', '-u') ? [] : ['--user', options.user]),
    ...(options.posts && !chosen('--network', '--net') ? ['--network', 'host'] : []),
    ...mount(worktree),
    ...mount(commonDir),
    ...options.readOnly.flatMap(path => mount(path, true)),
    ...mount(home),
    ...['--workdir', worktree, '--env', `HOME=${home}`],
    ...names.sort().flatMap(name => ['--env', name]),
    ...args,
    options.image,
    ...options.command,
  ]
}

/** The long form: a path may hold a colon, and the engine makes no missing folder of it. */
function mount(path: string, readOnly = false): string[] {
  const field = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const fields = [`type=bind`, field(`source=${path}`), field(`target=${path}`), ...(readOnly ? ['readonly'] : [])]
  return ['--mount', fields.join(',')]
}
