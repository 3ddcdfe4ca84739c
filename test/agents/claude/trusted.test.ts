import {describe, expect, it} from 'vitest'
import {readTrusted} from '../../../src/agents/claude/trusted.ts'
import {configSchema} from '../../../src/model/data/config.ts'

const MCP = '.clambake/mcp.json'
const withServers = configSchema.parse({agents: {mcp_config: MCP}})

function read(main: Record<string, string>, config = withServers) {
  return readTrusted({readMain: async path => main[path] ?? null}, config)
}

describe('the trusted settings', () => {
  it('are those of main, with the servers that the configuration names', async () => {
    const settings = {model: 'opus', permissions: {allow: ['Read']}}
    const servers = {mcpServers: {db: {command: 'serve', args: ['--read-only']}}}
    const main = {'.claude/settings.json': JSON.stringify(settings), [MCP]: JSON.stringify(servers, null, 2)}
    expect(await read(main)).toEqual({settings, mcp: JSON.stringify(servers)})
    expect(await read(main, configSchema.parse({}))).toEqual({settings, mcp: null})
    expect(await read({}, configSchema.parse({}))).toEqual({settings: {}, mcp: null})
  })

  it('cannot silence our hooks, and start no plugins, which may be in the worktree', async () => {
    const settings = {disableAllHooks: true, enabledPlugins: {'p@m': true}, extraKnownMarketplaces: {m: {}}, model: 'x'}
    const main = {'.claude/settings.json': JSON.stringify(settings)}
    expect((await read(main, configSchema.parse({}))).settings).toEqual({model: 'x'})
  })

  it.each([
    ['.claude/settings.json', '', 'it is not JSON'],
    ['.claude/settings.json', '[]', 'it is wrong at the top, which must be an object'],
    [
      '.claude/settings.json',
      '{"permissions":{"allow":"Read"}}',
      'it is wrong at permissions.allow, which must be a list in brackets',
    ],
    ['.claude/settings.json', '{"hooks":{"Stop":{}}}', 'it is wrong at hooks.Stop, which must be a list in brackets'],
    ['.claude/settings.json', `{"a":"${'x'.repeat(100_000)}"}`, 'it has more than 100000 characters'],
    [MCP, '{"mcpServers":{"db":"serve"}}', 'it is wrong at mcpServers.db, which must be an object'],
    [MCP, 'mcp', 'it is not JSON'],
  ])('%s with %.40s names the file', async (file, text, message) => {
    const good = {[MCP]: '{"mcpServers":{}}'}
    await expect(read({...good, [file]: text})).rejects.toMatchObject({
      message: `${file} on main: ${message}`,
      kept: 'no agent was started with it',
    })
  })
})

describe('agents.mcp_config', () => {
  it.each(['/etc/mcp.json', '../mcp.json', 'a/../../b', './mcp.json', '', 'a//b'])(
    '%j is not a path within the repository',
    path => {
      expect(configSchema.safeParse({agents: {mcp_config: path}}).success).toBe(false)
    },
  )
})
