/**
 * Settings given to every call with `-c`; they win over every file. The clone's own configuration is not read at all
 * (`src/git/command/own-config.ts`); these hold against what the user's configuration says.
 */
export const FIXED_CONFIG = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=false',
  'log.showSignature=false',
  // No process may keep running in the background after git's answer.
  'gc.auto=0',
  'maintenance.auto=false',
  // Of our own empty file in the place of grafts; it would stand before the words of each failure.
  'advice.graftFileDeprecated=false',
] as const

/** The same for what reaches the network; simple-git refuses these and needs none of them. */
export const NETWORK_CONFIG = [
  'credential.helper=',
  'core.askPass=',
  'http.sslVerify=true',
  'http.followRedirects=initial',
  // A server that sends under 1 kB/s for half a minute counts as gone.
  'http.lowSpeedLimit=1000',
  'http.lowSpeedTime=30',
  'push.gpgSign=false',
  'push.followTags=false',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
] as const

/** Only these transports run, whatever `protocol.*` says: `ext::` runs any program. */
export const ALLOWED_PROTOCOLS = 'file:http:https:ssh'

/** Nothing that an agent can leave in the clone changes which commits and files our git sees. */
export const PLAIN_OBJECTS = {
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: '/dev/null',
  // A ref that names nothing, as after a loss of power, is passed over: git would end wherever it goes through all refs, at
  // each fetch too. Without it, more counts as held by no ref, and so more is kept.
  GIT_REF_PARANOIA: '0',
} as const

/** Commands that compare, and leave out what `.gitmodules` of the folder they run in tells them to. */
const COMPARING = ['diff', 'diff-tree', 'diff-files', 'diff-index', 'log']

/**
 * A git command that sees each pointer to a commit of another repository, although `ignore = all` is set for it, which an
 * agent can do, too. What is in that repository is not looked at, so that nothing runs there.
 */
export function withPointers(args: readonly string[]): readonly string[] {
  const [command = '', ...rest] = args
  if (!COMPARING.includes(command) || rest.some(arg => arg.startsWith('--ignore-submodules'))) return args
  return [command, '--ignore-submodules=dirty', ...rest]
}

/**
 * Every ref, for `rev-list`, and HEAD of the checkout alone. With those of all worktrees, git would end at one that names a
 * commit which is not here, as an agent can write it, and so for the work of all others.
 */
export const ALL_REFS = ['--single-worktree', '--all'] as const
