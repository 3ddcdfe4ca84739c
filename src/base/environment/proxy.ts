type Environment = Readonly<Record<string, string | undefined>>

const PROXY = /^(https?|all)_proxy$/i
/** Addresses that only this machine has; a proxy has others of these names. */
const LOOPBACK = ['127.0.0.1', 'localhost', '::1']

/** The proxy that this process uses, without its login; null: none. */
let current: string | null = null

/**
 * The variables that keep what goes to this machine itself away from the environment's proxy, such as hooks and the
 * mailbox; none without a proxy.
 */
export function offProxy(env: Environment): Record<string, string> {
  if (!Object.entries(env).some(([name, value]) => PROXY.test(name) && value)) return {}
  const names = ['NO_PROXY', 'no_proxy'] as const
  return Object.fromEntries(
    names.map((name, at) => {
      const hosts = (env[name] ?? env[names[1 - at]!] ?? '').split(/[\s,]+/).filter(host => host !== '')
      const missing = hosts.includes('*') ? [] : LOOPBACK.filter(host => !hosts.includes(host))
      return [name, [...hosts, ...missing].join(',')]
    }),
  )
}

/**
 * Lets this process's requests go through the proxy that the environment names, as git's do. A Node older than 24.14
 * cannot; there NODE_USE_ENV_PROXY=1 does the same.
 */
export async function takeProxy(env: Environment): Promise<void> {
  const proxies = Object.entries(env).flatMap(([name, value]) =>
    PROXY.test(name) && value ? [[name, value.includes('://') ? value : `http://${value}`] as const] : [],
  )
  if (proxies.length === 0) return
  const {setGlobalProxyFromEnv}: Partial<typeof import('node:http')> = await import('node:http')
  if (!setGlobalProxyFromEnv) return
  try {
    setGlobalProxyFromEnv({...Object.fromEntries(proxies), ...offProxy(env)})
  } catch {
    // No address of a proxy that Node understands, such as one of SOCKS: git alone uses it.
    return
  }
  const [, address] = proxies.find(([name]) => /^https_/i.test(name)) ?? proxies[0]!
  if (URL.canParse(address)) current = new URL(address).host
}

/** The host of the proxy that this process uses; null: none. */
export function proxyInUse(): string | null {
  return current
}
