const VERBS: Readonly<Record<string, string>> = {
  GET: 'read',
  HEAD: 'read',
  POST: 'add',
  PUT: 'set',
  PATCH: 'change',
  DELETE: 'remove',
}
/** Words of paths that people know by another name. */
const THINGS: Readonly<Record<string, string>> = {pulls: 'pull requests', git: 'git data', user: 'the account'}

/**
 * Says in words what a request asks for: `read the protection of branches` of
 * `GET /repos/{owner}/{repo}/branches/{branch}/protection`, `add draft` of `mutation AddDraft`.
 */
export function routeWords(route: string): string {
  const graphql = /^(query|mutation)\s+(\w+)$/.exec(route)
  if (graphql) {
    const words = graphql[2]!.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()
    return graphql[1] === 'query' ? `read ${words}` : words
  }
  const [, method = '', path = ''] = /^([A-Z]+) (\/\S*)$/.exec(route) ?? []
  const verb = VERBS[method]
  if (verb === undefined) return 'answer a query'
  const inRepository = path.startsWith('/repos/{owner}/{repo}')
  const parts = path
    .replace('/repos/{owner}/{repo}', '')
    .split('/')
    .filter(part => part !== '' && !part.startsWith('{'))
    .map(part => THINGS[part] ?? part.replaceAll(/[-_]/g, ' '))
  if (parts.length === 0) return `${verb} ${inRepository ? 'the repository' : 'it'}`
  return `${verb} ${parts.toReversed().join(' of ')}`
}
