/**
 * Git runs programs that its configuration names, and an agent can write the repository's configuration from its
 * worktree. So Clambake's calls keep the user's own configuration and disable whatever the repository's would run.
 */

/** Settings given to every call with `-c`; they win over every file. */
export const FIXED_CONFIG = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=false',
  'log.showSignature=false',
  // No process may keep running in the background after git's answer.
  'gc.auto=0',
  'maintenance.auto=false',
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

/**
 * Keys that name a program or redirect traffic, and a value that switches each off. A merge driver must fail (a conflict is
 * seen) rather than do nothing (a conflict would look merged).
 */
const HAZARDS: readonly {key: RegExp; neutral: string}[] = [
  {key: /^core\.sshcommand$/, neutral: 'ssh'},
  {key: /^core\.alternaterefscommand$/, neutral: 'true'},
  {key: /^filter\..*\.(clean|smudge|process)$/s, neutral: ''},
  {key: /^filter\..*\.required$/s, neutral: 'false'},
  {key: /^merge\..*\.driver$/s, neutral: 'false'},
  {key: /^http\.(.*\.)?proxy$/s, neutral: ''},
  {key: /^http\.(.*\.)?sslverify$/s, neutral: 'true'},
]

/**
 * Settings that undo the hazards in a repository's configuration. `listing` is what
 * `git config --list --show-scope --null` prints: scope NUL key LF value NUL. Where the user's own configuration
 * names the same key, the user's value is put back.
 */
export function neutralise(listing: string): string[] {
  const fields = listing.split('\0')
  const trusted = new Map<string, string>()
  const hazards = new Map<string, string>()
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const scope = fields[at]!
    const entry = fields[at + 1]!
    const end = entry.indexOf('\n')
    const key = end < 0 ? entry : entry.slice(0, end)
    const hazard = HAZARDS.find(({key: pattern}) => pattern.test(lowerEnds(key)))
    if (!hazard) continue
    if (scope === 'local' || scope === 'worktree') hazards.set(key, hazard.neutral)
    else if (scope === 'global' || scope === 'system') trusted.set(key, end < 0 ? 'true' : entry.slice(end + 1))
  }
  return [...hazards].map(([key, neutral]) => `${key}=${trusted.get(key) ?? neutral}`)
}

/** Lowers the section and the variable of a key, which ignore case; the part between them does not. */
function lowerEnds(key: string): string {
  const first = key.indexOf('.')
  const last = key.lastIndexOf('.')
  return key.slice(0, first).toLowerCase() + key.slice(first, last) + key.slice(last).toLowerCase()
}
