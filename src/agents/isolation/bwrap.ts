import type {Mount} from './git-folder.ts'

/** Folders of the system that programs need; no folder of a person is among them. Those that are missing are left out. */
const SYSTEM = [
  ...['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/etc', '/opt', '/nix', '/gnu', '/snap'],
  ...['/run/current-system', '/var/lib/ca-certificates'],
]

/** Variables that name folders which are not there inside. */
const OF_OUTSIDE = /^(TMPDIR|XDG_.*|CLAUDE_CONFIG_DIR)$/

/** Whether everybody's programs are in a folder that is seen inside anyway. */
export function isOfTheSystem(path: string): boolean {
  return SYSTEM.some(folder => path === folder || path.startsWith(`${folder}/`))
}

/**
 * The command line that runs `command` in a sandbox of Linux namespaces. Inside there is only what is named here: the
 * system and `readable` without writing, the worktree, of git's common folder what `git` says, and `home`. It sees no other process, and has no rights over the machine. Paths are the
 * same as outside. The network is this machine's unless `args` takes it away. Pure.
 */
export function bwrapRun(options: {
  /** Further options of `bwrap`. */
  args: readonly string[]
  worktree: string
  /** What is seen of git's common folder. */
  git: readonly Mount[]
  /** Programs, and what they read. */
  readable: readonly string[]
  /** The home folder, which outlives the sandbox: the client keeps its conversations there. */
  home: string
  command: readonly string[]
}): [string, ...string[]] {
  const {args, worktree, git, readable, home, command} = options
  const write = (path: string) => ['--bind', path, path]
  const readIfThere = (path: string) => ['--ro-bind-try', path, path]
  return [
    'bwrap',
    ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--cap-drop', 'ALL'],
    ...SYSTEM.flatMap(readIfThere),
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp', '--tmpfs', '/var/tmp'],
    ...readable.flatMap(readIfThere),
    ...write(worktree),
    ...git.flatMap(({source, target, writable}) => [writable ? '--bind' : '--ro-bind', source, target]),
    ...write(home),
    ...['--chdir', worktree],
    ...args,
    '--',
    ...command,
  ]
}

/** The variables of a program in the sandbox. Its git leaves the clean-up, which writes to other worktrees, to others. */
export function bwrapEnvironment(
  env: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !OF_OUTSIDE.test(name)))
  const settings = Number(env.GIT_CONFIG_COUNT ?? 0)
  const noGc = {
    [`GIT_CONFIG_KEY_${settings}`]: 'gc.auto',
    [`GIT_CONFIG_VALUE_${settings}`]: '0',
    GIT_CONFIG_COUNT: String(settings + 1),
  }
  return {...kept, ...noGc, ...own}
}
