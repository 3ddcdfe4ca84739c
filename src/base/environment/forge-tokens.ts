/** Variables that hold a forge's token by their name, or the hub's password, with which anybody could speak as another. */
const FORGE_TOKEN =
  /^(GITHUB|GH|GITLAB|GITEA|BITBUCKET|CODEBERG)_?[A-Z_]*(TOKEN|PAT|PASSWORD)$|^GH_ENTERPRISE_TOKEN$|^CLAMBAKE_(DATABASE_URL|DB_PASS)$/

type Environment = Readonly<Record<string, string | undefined>>

/** Whether a variable holds a forge's token or the hub's password. `tokenEnv`: the name that `github.token_env` gives. */
export function isForgeToken(name: string, tokenEnv: string | undefined): boolean {
  return FORGE_TOKEN.test(name) || name === tokenEnv
}

/**
 * Parts an environment in what any process may have and what shows a forge's token: in a variable of its own or in the
 * value of another one.
 */
export function partTokens(
  env: Environment,
  tokenEnv: string | undefined,
): {plain: Record<string, string>; secret: Record<string, string>} {
  const defined = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const tokens = defined.flatMap(([name, value]) => (isForgeToken(name, tokenEnv) && value !== '' ? [value] : []))
  const isSecret = ([name, value]: readonly [string, string]) =>
    isForgeToken(name, tokenEnv) || tokens.some(token => value.includes(token))
  return {
    plain: Object.fromEntries(defined.filter(entry => !isSecret(entry))),
    secret: Object.fromEntries(defined.filter(isSecret)),
  }
}
