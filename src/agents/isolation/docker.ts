import type {Mount} from './git-folder.ts'

/** Labels that say whose a container is, for `docker ps --filter label=…`. */
export const REPOSITORY_LABEL = 'clambake.repository'
export const SESSION_LABEL = 'clambake.session'

/** Variables that the terminal host adds to every pane. */
const OF_THE_PANE = ['CLAMBAKE_SESSION', 'CLAMBAKE_MAILBOX_URL', 'CLAMBAKE_MAILBOX_TOKEN', 'TERM', 'COLORTERM']
/** Variables that hold only for this machine and its user; `HOME` is set separately. */
const OF_THIS_MACHINE =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|XDG_.*|SSL_CERT_.*|NODE_EXTRA_CA_CERTS|GIT_CONFIG_(GLOBAL|SYSTEM)|DOCKER_.*)$/
/** Variables that the docker client itself reads. */
const OF_THE_CLIENT = /^(DOCKER_[A-Z_]+|XDG_RUNTIME_DIR)$/

/** Each session has one container; its name also finds one that an earlier run left behind. */
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
 * The command line that runs `command` in a container. Paths are the same inside as on this machine: the worktree, and of
 * git's common folder what `git` says. Variables are passed by name only: their values are
 * in the environment of the docker client, where no process list shows them. Pure.
 */
export function dockerRun(options: {
  image: string
  /** Further options of `docker run`. */
  args: readonly string[]
  session: string
  repository: string
  /** `uid:gid`, so that files belong to the user who runs Clambake. */
  user: string
  worktree: string
  /** What is seen of git's common folder. */
  git: readonly Mount[]
  /** The home folder, which outlives the container: the client keeps its conversations there. */
  home: string
  /** Names of the agent's variables. */
  variables: readonly string[]
  /** The agent posts to the pane's mailbox, which listens on this machine's loopback only. */
  posts: boolean
  command: readonly string[]
}): [string, ...string[]] {
  const {args, session, worktree, git, home} = options
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
    ...mount({source: worktree, target: worktree, writable: true}),
    ...git.flatMap(mount),
    ...mount({source: home, target: home, writable: true}),
    ...['--workdir', worktree, '--env', `HOME=${home}`],
    ...names.sort().flatMap(name => ['--env', name]),
    ...args,
    options.image,
    ...options.command,
  ]
}

/** The long form of a mount: it takes a path with a colon, and the engine creates no missing folder. */
function mount({source, target, writable}: Mount): string[] {
  const field = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const fields = ['type=bind', field(`source=${source}`), field(`target=${target}`), ...(writable ? [] : ['readonly'])]
  return ['--mount', fields.join(',')]
}
