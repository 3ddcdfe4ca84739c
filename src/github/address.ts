import {usageError} from '../base/errors.ts'
import {safeLine} from '../base/text.ts'
import type {Config} from '../model/data/config.ts'
import type {RepositoryAddress} from '../model/gateways/forge.ts'

const NAME = /^[\w.-]+$/
// git@host:owner/repo.git; a one-letter host would be a Windows drive.
const SCP_LIKE = /^(?:[\w.-]+@)?([\w.-]{2,}):(?!\/\/)\/?(.+)$/

/** Reads owner, name and REST address from a git remote's URL; null: it names no repository on a forge. */
export function parseRemote(remote: string): RepositoryAddress | null {
  const scp = remote.includes('://') ? null : SCP_LIKE.exec(remote)
  if (scp) return addressOf({protocol: 'ssh:', host: scp[1]!, hostname: scp[1]!, path: scp[2]!})
  if (!URL.canParse(remote)) return null
  const {protocol, host, hostname, pathname} = new URL(remote)
  return /^(https?|ssh|git\+ssh):$/.test(protocol) ? addressOf({protocol, host, hostname, path: pathname}) : null
}

function addressOf(remote: {protocol: string; host: string; hostname: string; path: string}): RepositoryAddress | null {
  const parts = remote.path
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/i, '')
    .split('/')
  const [owner = '', repo = ''] = parts
  if (parts.length !== 2 || !NAME.test(owner) || !NAME.test(repo)) return null
  return {host: remote.host, owner, repo, apiUrl: apiUrlOf(remote)}
}

function apiUrlOf({protocol, host, hostname}: {protocol: string; host: string; hostname: string}): string {
  // ssh.github.com is GitHub over port 443.
  if (/^(www\.|ssh\.)?github\.com$/.test(hostname)) return 'https://api.github.com'
  if (/\.ghe\.com$/.test(hostname)) return `https://api.${hostname}`
  // An Enterprise server, or one on this machine: the same port answers git and REST. SSH has a port of its own.
  return /^https?:$/.test(protocol) ? `${protocol}//${host}/api/v3` : `https://${hostname}/api/v3`
}

/** Finds the repository to work on: `clambake.toml` wins over the remote's URL. Throws `no-github-remote`. */
export function resolveRepository(config: Config['github'], remote: string | null): RepositoryAddress {
  const found = remote === null ? null : parseRemote(remote)
  const owner = config.owner ?? found?.owner
  const repo = config.repo ?? found?.repo
  if (owner === undefined || repo === undefined) {
    throw usageError({
      code: 'no-github-remote',
      message:
        remote === null
          ? 'The repository has no remote named origin'
          : `The remote ${safeLine(withoutCredentials(remote))} names no repository on GitHub`,
      next: 'add one with git remote add origin URL, or set github.owner and github.repo in clambake.toml',
    })
  }
  return {
    host: found?.host ?? 'github.com',
    owner,
    repo,
    apiUrl: (config.api_url ?? found?.apiUrl ?? 'https://api.github.com').replace(/\/+$/, ''),
  }
}

function withoutCredentials(remote: string): string {
  return remote.replace(/\/\/[^/@]*@/, '//')
}
