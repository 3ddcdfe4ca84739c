import {ClambakeError, machineError, usageError} from '../../base/errors.ts'
import {faultIn} from '../../base/machine/faults.ts'
import {safeLine, safeText} from '../../base/text.ts'

type GitFailure = {args: readonly string[]; exitCode: number; stderr: string}

const AUTH =
  /authentication failed|could not read (username|password)|terminal prompts disabled|permission denied|access denied|returned error: 40[13]|invalid credentials|host key verification failed/i
/** What GitHub says of a refusal over ssh, before git says only that it could not read; what passes is left out. */
const SSH_REFUSAL = /^ERROR: (?!.*\b(?:try again|internal|temporar|timed? ?out))/m
/** GitHub's words over https, with the status of a login that may not push, and over ssh. */
const ARCHIVED = /\barchived so (?:it )?is read-only\b/i
const GONE =
  /repository '?.*'? not found|returned error: 404|does not appear to be a git repository|repository not found|not a git repository: /i
const UNREACHABLE =
  /could not resolve host|failed to connect|couldn't connect|connection (refused|reset|timed out)|timed out|took over|hung up|early eof|rpc failed|network is unreachable|empty reply|unable to access|could not read from remote|transfer closed|curl \d+|was ended by SIG|in an unknown way|died of signal/i

/** The server answered, and the same request will get the same answer. */
const REFUSED = /(?:returned error:|\bHTTP) 4(?!08|29)\d\d/i
/** The server took the push's commits and declined to move a ref. */
const DECLINED = /\[remote rejected\]/
/** What it declines for its own sake; the same push may work a moment later. */
const DECLINED_FOR_NOW =
  /cannot lock ref|failed to (?:update|lock)|incorrect old value|internal server error|unpacker error|remote unpack failed|timed? ?out|try again/i
/** Lines of the server that say nothing about a refusal. */
const NOISE =
  /^(?:resolving deltas|compressing objects|counting objects|enumerating objects|processed \d+ references|[-—=_\s]*$)/i
const SAID_LINES = 40
const SAID_LENGTH = 4000
/** A refusal always has words: git that gives none was stopped on the way, and may succeed the next time. */
const SILENT = 'git said nothing'
/** What a fetch prints of refs that it has moved, beside those that it could not. */
const MOVED = /^(?:\* \[new |= \[up to date|\+? ?[0-9a-f]{7,}\.{2,3}[0-9a-f]{7,} )/

/** The server answered, but is overloaded or broken. */
const ANSWERED = /returned error: (429|5\d\d)/i

/** The server answered with a refusal. */
const REFUSAL = /returned error: (4\d\d)/i

/** `$1` and so on in the words are what the pattern found. */
const UNREACHED: readonly [pattern: RegExp, words: string][] = [
  [/CONNECT tunnel failed, response (\d+)|HTTP code (\d+) from proxy/i, 'the proxy answers $1$2'],
  [/could not resolve proxy:? (\S+)/i, 'the name of the proxy $1 is not known here'],
  [/could not resolve host/i, 'its name is not known here'],
  [/connection refused/i, 'the connection is refused'],
  [/timed out|took over|time.?out|operation too slow/i, 'there is no answer in time'],
  [/certificate|\bSSL\b|\bTLS\b/i, 'its certificate is not trusted'],
  [/network is unreachable|no route to host/i, 'there is no way to it from this network'],
  [
    /reset|hung up|early eof|empty reply|transfer closed|rpc failed|died of signal|ended by SIG/i,
    'the connection was cut',
  ],
  [/failed to connect to (\S+) port (\d+)/i, 'there is no connection to $1 port $2'],
]
const RETRIED = 'a running daemon tries again by itself; otherwise repeat the command'

/** The error for a failed call to the remote; `doing` follows "could not": `push agent001/7-x`. */
export function remoteFailure(options: {doing: string; remote: string; detail: string; kept?: string}): ClambakeError {
  const {doing, remote, detail} = options
  const kept = options.kept === undefined ? {} : {kept: options.kept}
  const lock = lockIn(detail)
  if (lock !== null) return locked(lock, `could not ${doing}`)
  const said = lastLines(detail)
  if (said === SILENT) {
    return new ClambakeError({
      code: 'remote-unreachable',
      message: `git could not ${doing}: it ended without a message, as when one of its processes is killed`,
      next: RETRIED,
      ...kept,
    })
  }
  const fault = faultIn(detail)
  if (fault !== null) return machineError(fault, `git could not ${doing} (${said})`)
  if (DECLINED.test(detail) && !DECLINED_FOR_NOW.test(declinedBecause(detail))) return pushRefused(options)
  if (DECLINED.test(detail)) {
    return new ClambakeError({
      code: 'remote-unreachable',
      message: `git could not ${doing}: ${remote} cannot take it now (${declinedBecause(detail)})`,
      next: RETRIED,
      ...kept,
    })
  }
  if (ARCHIVED.test(detail)) {
    return new ClambakeError({
      code: 'auth-refused',
      message: `git could not ${doing}: ${remote} was archived, so it is read-only`,
      next: 'unarchive it in the settings of the repository; a running daemon continues by itself',
      ...kept,
    })
  }
  if (AUTH.test(detail) || (SSH_REFUSAL.test(detail) && !GONE.test(detail))) {
    return new ClambakeError({
      code: 'auth-refused',
      message: `git could not ${doing}: ${remote} refused the login${serverSays(detail)}`,
      next: 'give a token that may push (GITHUB_TOKEN, GH_TOKEN or gh auth login), or use a remote that needs none',
      ...kept,
    })
  }
  if (GONE.test(detail)) {
    return new ClambakeError({
      code: 'remote-gone',
      message: `git could not ${doing}: there is no repository at ${remote}${serverSays(detail)}`,
      next: 'check the address with git remote -v, and that your token may read it',
      ...kept,
    })
  }
  const answer = ANSWERED.exec(detail)?.[1]
  if (answer !== undefined) {
    return new ClambakeError({
      code: 'remote-unreachable',
      message: `git could not ${doing}: ${remote} answers ${answer}`,
      next: RETRIED,
      ...kept,
    })
  }
  if (!REFUSED.test(detail) && UNREACHABLE.test(detail)) {
    return new ClambakeError({
      code: 'remote-unreachable',
      message: `git could not ${doing}: ${remote} does not answer: ${unreachedBecause(detail)}`,
      next: `check the network; ${RETRIED}`,
      ...kept,
    })
  }
  const refusal = REFUSAL.exec(detail)?.[1]
  return new ClambakeError({
    code: 'git-failed',
    message:
      refusal === undefined
        ? `git could not ${doing} at ${remote}: ${said}`
        : `git could not ${doing}: ${remote} answers ${refusal}${serverSays(detail)}`,
    next: 'resolve what git says; clambake doctor checks the clone',
    ...kept,
  })
}

/** What the server printed of it, in parentheses; '': nothing. */
function serverSays(detail: string): string {
  const said = serverWords(detail)
    .replace(/\s*\n\s*/g, '; ')
    .slice(0, 600)
  return said === '' ? '' : ` (${said})`
}

/** Why git did not reach the remote, by the words of the library below it. */
function unreachedBecause(detail: string): string {
  const [pattern, words] = UNREACHED.find(([pattern]) => pattern.test(detail)) ?? [/^/, 'the connection failed']
  return words.replaceAll(/\$(\d)/g, (_, at: string) => pattern.exec(detail)?.[Number(at)] ?? '')
}

/** The refusal in the server's own words; git's lines about refs say nothing that a person or an agent can mend. */
function pushRefused({doing, detail, kept}: {doing: string; detail: string; kept?: string}): ClambakeError {
  const said = serverWords(detail) || declinedBecause(detail)
  return new ClambakeError({
    code: 'push-refused',
    message: `the server refuses to let Clambake ${doing}: ${said.replace(/\s*\n\s*/g, '; ').slice(0, 600)}`,
    kept: kept ?? 'the commits, in the worktree and the clone',
    next: 'change the commits, or the rule on the server',
    said,
  })
}

/** What the server printed, without git's own reports. */
function serverWords(detail: string): string {
  const lines = detail.split('\n').flatMap(line => /^(?:remote:|ERROR:(?= ))\s?(.*)$/.exec(line)?.[1] ?? [])
  const telling = lines.map(line => safeText(line).trimEnd()).filter(line => !NOISE.test(line.trim()))
  return telling.slice(0, SAID_LINES).join('\n').slice(0, SAID_LENGTH)
}

/** The reasons in parentheses behind the refs that were declined themselves. */
function declinedBecause(detail: string): string {
  const reasons = [...detail.matchAll(/\[remote rejected\].*?\(([^\n]*)\)\s*$/gm)].map(match => safeLine(match[1]!))
  const own = reasons.filter(reason => reason !== 'atomic transaction failed')
  return [...new Set(own.length > 0 ? own : reasons)].join('; ')
}

/** The lock that a failed git command found, by what it printed; null: it failed of something else. */
export function lockIn(stderr: string): string | null {
  return /Unable to create '([^'\n]+\.lock)': File exists/.exec(stderr)?.[1] ?? null
}

function locked(lock: string, what: string): ClambakeError {
  return new ClambakeError({
    code: 'git-locked',
    message: `git ${what}: ${lock} exists, and a git process that may hold it runs on this machine`,
    next: 'nothing to do if that process ends: Clambake retries; end it, or remove the file if none needs it',
  })
}

/** The error for a local command that was ended as it took too long. */
export function hangs(call: {args: readonly string[]; folder: string; timeoutMs: number}): ClambakeError {
  const {args, folder, timeoutMs} = call
  return new ClambakeError({
    code: 'git-failed',
    message: `git ${args[0]} did not end in ${timeoutMs / 60_000} minutes, in ${folder}`,
    kept: 'what is in that folder',
    next: "find what it waits for there: a pipe in a file's place (find . -type p), a filter program, a disk; then try again",
  })
}

/** The error for a call in a clone that is not there any more. */
export function cloneGone(dir: string): ClambakeError {
  return new ClambakeError({
    code: 'clone-gone',
    message: `${dir} has no .git any more: the repository was moved or removed`,
    kept: 'what was pushed, and what is in the worktrees',
    next: 'move it back within five minutes, or start clambake at its new place; here everything ends then',
  })
}

/** Makes an error of a local command that failed: a lock, what this machine refuses, or what git said. */
export function localFailure(failure: GitFailure): ClambakeError {
  const lock = lockIn(failure.stderr)
  if (lock !== null) return locked(lock, failure.args.slice(0, 2).join(' '))
  const fault = faultIn(failure.stderr)
  if (fault !== null) {
    return machineError(fault, `git ${failure.args.slice(0, 2).join(' ')} failed (${lastLines(failure.stderr)})`)
  }
  return new ClambakeError({
    code: 'git-failed',
    message: `git ${failure.args.slice(0, 2).join(' ')} exited with ${failure.exitCode}: ${lastLines(failure.stderr)}`,
    next: nextOf(failure.stderr),
  })
}

/** What git says of an index that it cannot read. */
export const TORN_INDEX = /index file corrupt|index file smaller than expected/

/** What a person does about what a loss of power damaged; `$1` and so on are what the pattern found. */
const MENDED_BY: readonly [pattern: RegExp, next: string][] = [
  [
    TORN_INDEX,
    'the index is damaged, as after a loss of power, and no file is: in that folder rm .git/index, then git reset',
  ],
  [
    /(?:unterminated|unexpected) line in (\S+packed-refs)/,
    'the list of refs is damaged, as after a loss of power: mv $1 $1.damaged, then git fetch; .git/logs names the commits of branches that are only here',
  ],
  [
    /bad config line \d+ in file (\S+)/,
    'the configuration is damaged: repair $1; git remote add origin ADDRESS writes the remote again',
  ],
]

function nextOf(stderr: string): string {
  for (const [pattern, next] of MENDED_BY) {
    const found = pattern.exec(stderr)
    if (found) return next.replaceAll('$1', () => found[1] ?? '')
  }
  return 'resolve what git says; clambake doctor checks the clone'
}

export const openErrors = {
  notARepository: (dir: string) =>
    usageError({
      code: 'not-a-repository',
      message: `${dir} is not in a git repository`,
      next: 'go to your repository, or name it: clambake PATH',
    }),
  bare: (dir: string) =>
    usageError({
      code: 'bare-repository',
      message: `${dir} is a bare repository, and agents need a checkout to make worktrees beside`,
      next: 'clone it and start clambake in the clone',
    }),
  checkoutElsewhere: (dir: string, commonDir: string) =>
    usageError({
      code: 'checkout-elsewhere',
      message: `${dir} is not the main checkout of ${commonDir}, and git does not know where that is`,
      next: 'start clambake in the main checkout, whose file .git names that folder',
    }),
  notYours: (dir: string) =>
    usageError({
      code: 'not-your-repository',
      message: `git does not trust ${dir}, because it belongs to another user`,
      next: `if you trust it: git config --global --add safe.directory ${dir}`,
    }),
  noRemote: (dir: string, remote: string) =>
    usageError({
      code: 'no-remote',
      message: `${dir} has no remote named ${remote}, and finished work lands through one`,
      next: `git remote add ${remote} ADDRESS`,
    }),
  badRemote: (address: string) =>
    usageError({
      code: 'remote-protocol',
      message: `the remote's address ${address} is not https, http, ssh, file or a path`,
      next: 'set a plain address with git remote set-url',
    }),
  noCommits: (where: string) =>
    usageError({
      code: 'no-commits',
      message: `${where} has no commit yet, so there is nothing to branch from`,
      next: 'make a first commit and push it',
    }),
  brokenHead: (root: string, branch: string) =>
    usageError({
      code: 'no-commits',
      message: `${root} is on ${branch}, which names no commit: its file is empty or damaged, as after a loss of power`,
      kept: 'the commits, and the log of the branch',
      next: `tail -1 .git/logs/${branch} says where it was; then rm .git/${branch} and git update-ref ${branch} COMMIT`,
    }),
  lostHead: (root: string, branch: string) =>
    usageError({
      code: 'no-commits',
      message: `${root} is on ${branch}, whose commit is not here, though it had some: as after a loss of power`,
      kept: 'all files, and the log of the branch',
      next: `tail -3 .git/logs/${branch} says where it was: git update-ref ${branch} COMMIT with the last one that git show finds; then git fetch`,
    }),
  damaged: (root: string, {file, said}: {file: 'HEAD' | 'config'; said: string}) =>
    usageError({
      code: 'not-a-repository',
      message: `${root} has a .git that git cannot use: ${file === 'HEAD' ? 'its HEAD names no branch, as after a loss of power' : said}`,
      kept: 'its commits and files',
      next:
        file === 'HEAD'
          ? 'write it again, with the branch that was checked out: echo "ref: refs/heads/BRANCH" > .git/HEAD'
          : 'repair what git names; git remote add origin ADDRESS writes the remote again',
    }),
  noMain: (remote: string) =>
    usageError({
      code: 'no-main-branch',
      message: `${remote} does not say which branch is its main one`,
      next: 'git remote set-head origin BRANCH',
    }),
  tooOld: (version: string) =>
    usageError({
      code: 'git-too-old',
      message: `git ${version} cannot merge without a working tree; 2.38 or newer can`,
      next: 'install a newer git and see that it comes first in PATH',
    }),
  missing: () =>
    usageError({code: 'git-missing', message: 'there is no git program in PATH', next: 'install git 2.38 or newer'}),
}

/** The end of what git says on one line, without its hints. */
export function lastLines(text: string): string {
  const lines = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('hint:') && !MOVED.test(line))
    // The message names the address already.
    .map(line => line.replace(/^fatal: unable to access '[^']*': /, ''))
  return lines.slice(-4).join('; ').slice(-600) || SILENT
}
