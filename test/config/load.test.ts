import {chmodSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type TemporaryFolder, temporaryFolder} from '../../fixtures/repos/folder.ts'
import {run} from '../../src/base/run.ts'
import {loadConfig, parseConfig} from '../../src/config/load.ts'
import {settings} from '../../src/config/shape.ts'
import {defaultConfig} from '../../src/model/data/config.ts'
import {complaint} from './complaint.ts'

describe('clambake.toml', () => {
  it('goes over the defaults, key by key', () => {
    const config = parseConfig('[routing]\nmax_agents = 8\n[agents.a1]\nspecializations = ["docs"]\n')
    expect(config.routing).toEqual({...defaultConfig.routing, max_agents: 8})
    expect(config.agents.slots.agent001).toEqual({specializations: ['docs']})
    expect(config.integration).toEqual(defaultConfig.integration)
  })

  it('may be empty', () => {
    expect(parseConfig('')).toEqual(defaultConfig)
  })

  it.each([
    ['[routing]\nmax_agnets = 4', 'line 2: unknown key routing.max_agnets; did you mean routing.max_agents?'],
    ['\n\n[routng]\n', 'line 3: unknown key routng; did you mean routing?'],
    ['max_agents = 3', 'line 1: unknown key max_agents; did you mean routing.max_agents?'],
    ['[routing]\nmaxAgents = 3', 'line 2: unknown key routing.maxAgents; did you mean routing.max_agents?'],
    ['[github]\nwibblewobble = 3', 'line 2: unknown key github.wibblewobble'],
    [
      '[agents.agent-02]\n# who\n\nspecialisations = ["x"]',
      'line 4: unknown key agents.agent-02.specialisations; did you mean agents.agent-02.specializations?',
    ],
    [
      'agents = {a1 = {specialization = ["x"]}}',
      'line 1: unknown key agents.a1.specialization; did you mean agents.a1.specializations?',
    ],
    [
      '[profiles.codex]\ncommand = ["x"]\nstat = "exit"',
      'line 3: unknown key profiles.codex.stat; did you mean profiles.codex.state?',
    ],
  ])('names the nearest known key for %j', (toml, expected) => {
    expect(complaint(toml)).toBe(`clambake.toml ${expected}`)
  })

  it.each([
    ['[routing]\nmax_agents = "four"', 'line 2: routing.max_agents must be a number, found "four"'],
    ['[routing]\nmax_agents = 2.5', 'line 2: routing.max_agents must be a whole number, found 2.5'],
    ['[routing]\nmax_agents = 13', 'line 2: routing.max_agents must be at most 12, found 13'],
    ['[routing]\nauto = "yes"', 'line 2: routing.auto must be true or false, found "yes"'],
    [
      '[routing]\nrouting_label = 2026-01-01',
      /line 2: routing.routing_label must be text in quotes, found the date 2026/,
    ],
    ['github = 3', 'line 1: github must be a table, found 3'],
    [
      '[integration]\nmerge_strategy = "octopus"',
      'line 2: integration.merge_strategy must be one of "merge", "squash", "rebase", found "octopus"',
    ],
    ['[github]\napi_url = "ghe"', /line 2: github.api_url must be a URL such as .*, found "ghe"/],
    [
      '[agents]\nprofile = "codx"\n[profiles.codex]\ncommand = ["codex"]',
      'line 2: agents.profile must be claude or codex, found "codx"',
    ],
    ['[agents]\ncommand = []', 'line 2: agents.command must be a list of 1 or more entries, found the list []'],
    ['[agents]\ncommand = [\n  "npm",\n  1,\n]', 'line 2: agents.command.1 must be text in quotes, found 1'],
    ['[agents.a3]\nspecializations = 9', /line 2: agents.a3.specializations must be a list in brackets, found 9/],
    ['[profiles.x]\nstate = "exit"', 'line 1: profiles.x.command must be a list in brackets, found nothing'],
    ['agents.mcp_config = "../x"', 'line 1: agents.mcp_config must be a path within the repository, found "../x"'],
    ['agents.deny = ["Bash(rm"]', /agents.deny.0 must be a pattern like WebFetch or .*, found "Bash\(rm"/],
    ['agents.model = ""', 'line 1: agents.model must be the name of a model, found ""'],
    ['github.owner = ""', 'line 1: github.owner must be text that is not empty, found ""'],
    ['hub.url = "mysql://x"', /hub.url must be an address such as postgres:/],
    ['profiles.x = {command = ["x"], env = {"A B" = "c"}}', /profiles.x.env.A B must be under the name of a variable/],
  ])('says what is expected and what was found for %j', (toml, expected) => {
    const text = complaint(toml)
    expect(text.replace('clambake.toml ', '')).toEqual(
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    )
  })

  it.each([
    // All tickets would have one branch, which may be main.
    ['agents.branch = "main"', /must be a name with \{issue\}/],
    ['agents.branch = "{agent}"', /must be a name with \{issue\}/],
    ['agents.branch = "{isue}-{issue}"', /must be a name with \{issue\}/],
    ['agents.branch = "bundle/{issue}"', /does not begin with clambake\/ or bundle\//],
    ['agents.workspace_root = "."', /must be a folder below the repository/],
    ['agents.workspace_root = "~/trees"', /must be a folder below the repository/],
    ['agents.workspace_root = ".git/trees"', /must be a folder below the repository/],
    ['github.default_branch = "a b"', 'default_branch must be the name of a branch, like main, found "a b"'],
    ['github.default_branch = "-x"', /must be the name of a branch/],
    ['github.default_branch = "a/.b"', /must be the name of a branch/],
    ['github.default_branch = "a.lock"', /must be the name of a branch/],
    ['bundling.schedule_minutes = 0.001', 'schedule_minutes must be 0, or at least three seconds ("3s"), found 0.001'],
    ['bundling.schedule_minutes = "1s"', /schedule_minutes must be 0, or at least three seconds/],
    ['routing.human_label = "Route:Ready"', 'human_label must be another label than routing_label'],
    ['routing.assignment_label = "human-only"', 'assignment_label must be another label than human_label'],
    ['routing.trusted_authors = ["@ada"]', 'trusted_authors.0 must be a login like octocat, found "@ada"'],
    ['integration.protected_paths = ["!docs/"]', /protected_paths.0 must be .*without !/],
    ['integration.protected_paths = ["src/ "]', /protected_paths.0 must be a path or pattern/],
    ['integration.protected_paths = ["/"]', /protected_paths.0 must be a path or pattern/],
    ['hub.embeddings_url = "https://x"', 'hub.embeddings_model must be the model of embeddings_url, found nothing'],
    ['hub.embeddings_model = "m"', 'hub.embeddings_url must be the endpoint'],
    ['profiles.x = {command = ["x", "{prompt}"]}', 'prompt must be "argument", as the command has {prompt}'],
    ['profiles.x = {command = ["claude"], image = "box"}', 'runner must be docker, as an image is named'],
    ['profiles.x = {command = ["x"], runner_args = ["-v"]}', 'runner must be docker or ssh'],
    ['profiles.x = {runner = "docker", image = "i", state = "exit"}', 'command must be a list in brackets: Claude'],
  ])('refuses what would be passed over, or do something else: %j', (toml, expected) => {
    expect(complaint(toml)).toMatch(expected)
  })

  it.each([
    'agents.environment = ["GITHUB_TOKEN"]',
    'worktree.env = {CLAMBAKE_DB_PASS = "x"}',
    'profiles.x = {command = ["x"], env = {MY_TOKEN = "x"}}\ngithub.token_env = "MY_TOKEN"',
  ])('gives no token to agents: %j', toml => {
    expect(complaint(toml)).toMatch(/must not be given to agents: \w+ holds a token/)
  })

  it('shows no token that was written in the place of its name', () => {
    const text = complaint('github.token_env = "ghp_0123456789abcdefghijABCDEFGHIJ012345"')
    expect(text).toMatch(/token_env must be the name of a variable.*\[redacted\]/)
    expect(text).not.toContain('0123456789')
  })

  it.each([
    'agents.branch = "x/{issue}"',
    'github.default_branch = "release/1.x"',
    'bundling.schedule_minutes = "3s"',
    'bundling.schedule_minutes = 0',
    'agents.workspace_root = "./trees"',
    'agents.workspace_root = "../trees"',
    'agents.workspace_root = "/var/trees"',
    'integration.protected_paths = ["/src/", "**/*.pem", "app/(pay)/"]',
    'routing.trusted_authors = ["renovate[bot]"]',
  ])('takes %j', toml => {
    expect(() => parseConfig(toml)).not.toThrow()
  })

  it('shows the line of a syntax error', () => {
    expect(complaint('[routing]\nmax_agents = = 4\n')).toMatch(
      /^clambake\.toml line 2, column \d+: .+\n1: {2}\[routing\]\n2: {2}max_agents = = 4\n +\^/,
    )
  })

  it('tells all mistakes at once, in the order of their lines', () => {
    expect(complaint('[routing]\nauto = 1\nbogus_thing = 1\n[bundling]\nenabled = 1').split('\n')).toEqual([
      'clambake.toml has 3 mistakes:',
      '  line 2: routing.auto must be true or false, found 1',
      '  line 3: unknown key routing.bogus_thing',
      '  line 5: bundling.enabled must be true or false, found 1',
    ])
  })

  it('refuses one slot under two names', () => {
    expect(complaint('[agents.agent-001]\n[agents.a001]')).toContain('agent-001 and a001 in [agents] are the same slot')
  })

  it('finds the right key for one wrong letter in any of them', () => {
    const paths = settings()
      .map(setting => setting.path)
      .filter(path => !path.includes('*') && (path.at(-1)?.length ?? 0) > 3)
    const slip = fc.constantFrom(...paths).chain(path => {
      const key = path.at(-1) ?? ''
      return fc
        .integer({min: 1, max: key.length - 1})
        .map(at => ({path, slip: [...path.slice(0, -1), `${key.slice(0, at)}x${key.slice(at)}`]}))
    })
    fc.assert(
      fc.property(slip, ({path, slip}) => {
        const toml = `[${slip.slice(0, -1).join('.')}]\n${slip.at(-1)} = 1`
        expect(complaint(toml)).toContain(`unknown key ${slip.join('.')}; did you mean ${path.join('.')}?`)
      }),
      {numRuns: 60},
    )
  })

  it('never fails but with a usage error, whatever the file holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({unit: fc.constantFrom(...'[]="\n.a1#{}, ')})), toml => {
        complaint(toml)
      }),
    )
  })
})

describe('loading', () => {
  let folder: TemporaryFolder
  beforeEach(() => {
    folder = temporaryFolder()
  })
  afterEach(() => folder[Symbol.dispose]())
  const file = () => join(folder.path, 'clambake.toml')
  const load = (env = {}) => loadConfig({root: folder.path, env})

  it('gives the defaults without a file', async () => {
    expect(await load()).toEqual({config: defaultConfig, file: null})
  })

  it('reads the file, with a byte order mark and Windows line ends too', async () => {
    writeFileSync(file(), '\ufeff[routing]\r\nmax_agents = 2\r\n')
    expect(await load()).toEqual({
      config: {...defaultConfig, routing: {...defaultConfig.routing, max_agents: 2}},
      file: file(),
    })
  })

  it('names the file in errors', async () => {
    writeFileSync(file(), 'x = 1')
    await expect(load()).rejects.toThrow(`${file()} line 1: unknown key x`)
  })

  it('refuses what is no text', async () => {
    writeFileSync(file(), Buffer.from([0xff, 0xfe, 0x00]))
    await expect(load()).rejects.toMatchObject({
      code: 'wrong-config',
      exitCode: 2,
      message: `${file()} is not UTF-8 text`,
    })
  })

  it('says that a pipe is in its place, and does not wait for it', async () => {
    await run('mkfifo', {args: [file()], env: {PATH: process.env.PATH}})
    await expect(load()).rejects.toMatchObject({code: 'wrong-config', message: expect.stringContaining('it is a pipe')})
  })

  it('says why a file cannot be read', async () => {
    mkdirSync(file())
    chmodSync(file(), 0o700)
    await expect(load()).rejects.toMatchObject({code: 'wrong-config', message: expect.stringContaining('EISDIR')})
  })

  it('lets OTEL_EXPORTER_OTLP_ENDPOINT win, if it is a URL', async () => {
    writeFileSync(file(), '[observability]\notlp_endpoint = "http://file:4318"')
    const endpoint = async (env: NodeJS.ProcessEnv) => (await load(env)).config.observability.otlp_endpoint
    expect(await endpoint({})).toBe('http://file:4318')
    expect(await endpoint({OTEL_EXPORTER_OTLP_ENDPOINT: 'http://env:4318'})).toBe('http://env:4318')
    await expect(endpoint({OTEL_EXPORTER_OTLP_ENDPOINT: 'nowhere'})).rejects.toMatchObject({exitCode: 2})
  })
})

describe('the document of profiles', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/PROFILES.md'), 'utf8')

  it('has a row for each key', () => {
    const table = text.slice(text.indexOf('| key |'), text.indexOf('\n\n', text.indexOf('| key |')))
    const rows = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key)
    const keys = settings().flatMap(({path}) => (path[0] === 'profiles' ? [path.at(-1)] : []))
    expect(rows.sort()).toEqual(keys.sort())
  })

  it('has profiles for examples, every one', () => {
    const examples = [...text.matchAll(/```toml\n([\s\S]*?)```/g)].map(([, toml]) => toml!)
    const names = examples.flatMap(toml => Object.keys(parseConfig(toml).profiles))
    expect(names).toEqual(
      expect.arrayContaining(['script', 'codex', 'gemini', 'aider', 'opencode', 'box', 'far', 'pod']),
    )
    expect(() => parseConfig('[profiles.codex]\ncommand = ["codex"]\npromt = "argument"\n')).toThrow(
      /did you mean .*prompt/,
    )
  })
})
