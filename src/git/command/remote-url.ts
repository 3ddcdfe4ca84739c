import {openErrors} from './failures.ts'

/** The remote's addresses without credentials, and the login that git sends. */
export type Remote = {
  /** For reading, and to show; never holds a password. */
  readonly url: string
  readonly pushUrl: string
  /** `https://host/`, to which alone the login is sent; null when the transport takes none from us. */
  readonly loginScope: string | null
  /** Password from the address, used when there is no token. */
  readonly password: string | null
  readonly slug: {owner: string; repo: string} | null
}

const SCP_LIKE = /^(?:[\w.-]+@)?[\w.-]+:(?!\/\/|:)/

/** Reads addresses as `git remote get-url` gives them. Throws `remote-protocol` for transports that can run programs. */
export function parseRemote(fetchAddress: string, pushAddress: string): Remote {
  const fetch = parseAddress(fetchAddress)
  const push = parseAddress(pushAddress)
  return {
    url: fetch.url,
    pushUrl: push.url,
    loginScope: push.scope ?? fetch.scope,
    password: push.password ?? fetch.password,
    slug: fetch.slug,
  }
}

type Address = Pick<Remote, 'url' | 'password' | 'slug'> & {scope: string | null}

function parseAddress(address: string): Address {
  // A leading dash would be an option; `name::` runs the program git-remote-name.
  if (address === '' || address.startsWith('-') || /^[A-Za-z0-9+.-]+::/.test(address))
    throw openErrors.badRemote(scrub(address, null))
  if (/^(\/|\.\.?\/)/.test(address)) return {url: address, scope: null, password: null, slug: null}
  if (SCP_LIKE.test(address)) {
    return {url: address, scope: null, password: null, slug: slugFrom(address.slice(address.indexOf(':') + 1))}
  }
  if (!URL.canParse(address)) throw openErrors.badRemote(scrub(address, null))
  const url = new URL(address)
  switch (url.protocol) {
    case 'file:':
      return {url: address, scope: null, password: null, slug: null}
    case 'ssh:':
      return {url: address, scope: null, password: null, slug: slugFrom(url.pathname)}
    case 'http:':
    case 'https:': {
      // Only a token: `https://TOKEN@host`; else the password counts.
      const password = decoded(url.password || url.username) || null
      url.username = ''
      url.password = ''
      return {url: url.href, scope: `${url.origin}/`, password, slug: slugFrom(url.pathname)}
    }
    default:
      throw openErrors.badRemote(scrub(address, null))
  }
}

/** A percent sign that encodes nothing is one of the password's own. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function slugFrom(path: string): Remote['slug'] {
  const match = /(?:^|\/)([^/]+)\/([^/]+?)(?:\.git)?\/?$/.exec(path)
  return match ? {owner: match[1]!, repo: match[2]!} : null
}

/** Git's environment for a login by header: never in an argument, a file or the address. */
export function loginEnv(remote: Remote, token: string | null): Record<string, string> {
  const secret = token ?? remote.password
  if (remote.loginScope === null || secret === null) return {}
  const basic = Buffer.from(`x-access-token:${secret}`).toString('base64')
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${remote.loginScope}.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  }
}

/** Takes secrets out of text that may be shown or logged. */
export function scrub(text: string, secret: string | null): string {
  const basic = /(authorization:\s*\w+\s+)\S+/gi
  const inAddress = /(\w+:\/\/)[^\s/@]+@/g
  const plain = secret ? text.replaceAll(secret, '***') : text
  return plain.replace(basic, '$1***').replace(inAddress, '$1***@')
}
