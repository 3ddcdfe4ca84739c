/** Replaces a secret in texts. */
export const REDACTED = '[redacted]'

/** Shorter values occur in ordinary text, so they are not hidden. */
const MIN_SECRET_LENGTH = 6

/** Patterns of secrets. `$1` keeps the part that names the kind of secret. */
const SHAPES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // A key that is cut off is still a secret.
  [
    /-----BEGIN ([A-Z ]*)PRIVATE KEY[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|$)/g,
    `${REDACTED} $1private key`,
  ],
  [/\b(gh[oprsu]_)[A-Za-z0-9]{16,}/g, `$1${REDACTED}`],
  [/\b(github_pat_)[A-Za-z0-9_]{16,}/g, `$1${REDACTED}`],
  [/\b(gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|ffct)-)[A-Za-z0-9_-]{16,}/g, `$1${REDACTED}`],
  [/\b(sk-ant-)[A-Za-z0-9_-]{8,}/g, `$1${REDACTED}`],
  [/\b(sk-(?:proj|svcacct|admin)-)[A-Za-z0-9_-]{20,}/g, `$1${REDACTED}`],
  [/\b(sk-)[A-Za-z0-9]{20,}/g, `$1${REDACTED}`],
  [/\b((?:sk|rk)_(?:live|test)_|whsec_|lin_api_)[A-Za-z0-9]{16,}/g, `$1${REDACTED}`],
  [/\b(hf_)[A-Za-z0-9]{30,}/g, `$1${REDACTED}`],
  [/\b(dckr_(?:pat|oat)_)[A-Za-z0-9_-]{16,}/g, `$1${REDACTED}`],
  [/\b((?:do[opr]_v1|shp(?:at|ca|pa|ss))_)[a-f0-9]{32,}/g, `$1${REDACTED}`],
  [/\b(SG\.)[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/g, `$1${REDACTED}`],
  [/\b(pypi-AgE|ATATT3x|ATCTT3x|ya29\.|GOCSPX-)[A-Za-z0-9_-]{16,}/g, `$1${REDACTED}`],
  [/\b(AGE-SECRET-KEY-1)[A-Z0-9]{20,}/g, `$1${REDACTED}`],
  [/\b\d{8,10}:AA[A-Za-z0-9_-]{33}/g, REDACTED],
  [/\b(xox[a-z]-|xapp-)[A-Za-z0-9-]{8,}/g, `$1${REDACTED}`],
  [/(hooks\.slack\.com\/services\/)[A-Za-z0-9/]+/g, `$1${REDACTED}`],
  [/\b(npm_)[A-Za-z0-9]{30,}/g, `$1${REDACTED}`],
  [/\b(AKIA|ASIA)[0-9A-Z]{16}\b/g, `$1${REDACTED}`],
  [/\b(AIza)[0-9A-Za-z_-]{30,}/g, `$1${REDACTED}`],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, REDACTED],
  [/\b(authorization["']?\s*[:=]\s*["']?(?:[a-z]+\s+)?)[^\s"',;]+/gi, `$1${REDACTED}`],
  [/\b(bearer\s+)[A-Za-z0-9._~+/=-]{16,}/gi, `$1${REDACTED}`],
  // The password of a URL, with the user's name: https://user:password@host.
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#@:]*:[^\s/?#]*@/gi, `$1${REDACTED}@`],
  // A parameter of a URL.
  [/([?&](?:access_token|api_?key|password|client_secret|private_token)=)[^\s&#"'<>]{6,}/gi, `$1${REDACTED}`],
  // A variable in a shell or in a dump of the environment.
  [/\b([A-Z0-9_]*(?:TOKEN|SECRET|PASSWORD|PASSWD|API_KEY|PRIVATE_KEY|ACCESS_KEY)=)[^\s"';]+/g, `$1${REDACTED}`],
  [
    /\b([A-Z0-9_]*(?:TOKEN|SECRET|PASSWORD|PASSWD|API_KEY|PRIVATE_KEY|ACCESS_KEY)=)(["'])[^"'\n$]{6,}\2/g,
    `$1${REDACTED}`,
  ],
  [/\b(aws_secret_access_key\s*[=:]\s*["']?)[A-Za-z0-9/+=]{30,}/gi, `$1${REDACTED}`],
  [/\b(AccountKey=|SharedAccessKey=|_authToken=|x-api-key:\s*)[A-Za-z0-9/+=_-]{16,}/gi, `$1${REDACTED}`],
]

/** Names of fields whose whole value is a secret, compared without case, `-` and `_`. */
const SECRET_FIELDS = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'password',
  'passwd',
  'secret',
  'clientsecret',
  'token',
  'accesstoken',
  'refreshtoken',
  'apikey',
  'xapikey',
  'privatekey',
])

const registered = new Map<string, number>()

/**
 * Hides a value from now on in everything that this process logs, traces or stores, since a token from the environment may
 * match no pattern. Dispose to forget it. Values under 6 characters are not hidden.
 */
export function registerSecret(value: string): Disposable {
  const forms = new Set([value, encodeURIComponent(value)])
  const held = value.length < MIN_SECRET_LENGTH ? [] : [...forms]
  for (const form of held) registered.set(form, (registered.get(form) ?? 0) + 1)
  return {
    [Symbol.dispose]() {
      for (const form of held.splice(0)) {
        const uses = (registered.get(form) ?? 1) - 1
        if (uses === 0) registered.delete(form)
        else registered.set(form, uses)
      }
    },
  }
}

/** Removes registered secrets, and everything that looks like a secret, from a text. */
export function redact(text: string): string {
  let clean = text
  for (const secret of registered.keys()) clean = clean.replaceAll(secret, REDACTED)
  for (const [pattern, replacement] of SHAPES) clean = clean.replace(pattern, replacement)
  return clean
}

/** Whether a text holds a registered secret, or something that looks like one. */
export function hasSecret(text: string): boolean {
  return redact(text) !== text
}

/** Tokens at their full length, and keys with their content: hardly anything else looks like them. */
const CREDENTIALS: readonly RegExp[] = [
  /\bgh[oprsu]_[A-Za-z0-9]{36}/,
  /\bgithub_pat_\w{60,}/,
  /\bglpat-[\w-]{20}/,
  /\bsk-ant-[\w-]{60,}/,
  /\bsk-proj-[\w-]{60,}/,
  /\bxox[bp]-\d{8,}-[\w-]{20,}/,
  /\bnpm_[A-Za-z0-9]{36}\b/,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+(?:[+ -]?[A-Za-z0-9+/=]{40,}\s+){2}/,
]

/** Whether a text holds a registered secret, or what is a credential beyond doubt: people's work may stop for it. */
export function hasCredential(text: string): boolean {
  return [...registered.keys()].some(secret => text.includes(secret)) || CREDENTIALS.some(shape => shape.test(text))
}

/** Files that hold secrets by custom, whatever is in them. */
const SECRET_FILE =
  /(^|\/)(\.env(\.[^/]*)?|\.netrc|\.npmrc|\.pypirc|id_(rsa|dsa|ecdsa|ed25519)|[^/]*\.(pem|key|p12|pfx|jks))$/i

export function isSecretFile(path: string): boolean {
  return SECRET_FILE.test(path)
}

/**
 * Redacts every text in plain data, keys included, and the whole value of fields like `token` and `password`. Gives a
 * copy; an object that contains itself is cut off.
 */
export function redactDeep<T>(value: T): T {
  return walk(value, new Set()) as T
}

function walk(value: unknown, above: ReadonlySet<object>): unknown {
  if (typeof value === 'string') return redact(value)
  if (typeof value !== 'object' || value === null) return value
  if (above.has(value)) return '[circular]'
  const inside = new Set(above).add(value)
  if ('toJSON' in value && typeof value.toJSON === 'function') return walk(value.toJSON(), inside)
  if (Array.isArray(value)) return value.map(entry => walk(entry, inside))
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      redact(key),
      typeof entry === 'string' && isSecretField(key) ? REDACTED : walk(entry, inside),
    ]),
  )
}

function isSecretField(name: string): boolean {
  return SECRET_FIELDS.has(name.toLowerCase().replace(/[-_]/g, ''))
}
