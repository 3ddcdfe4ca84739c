import * as z from 'zod'
import {durationMs, MINUTE_MS} from '../../base/duration.ts'
import {BLOCKER_POLICIES} from './config/blockers.ts'
import {
  branchName,
  branchTemplate,
  label,
  login,
  pathPattern,
  pathWithin,
  shared,
  variable,
  workspaceFolder,
} from './config/texts.ts'
import {isTimezone, isWorkingHours} from './config/working-hours.ts'
import {parseAgentId} from './ids.ts'
import {LOAD_BALANCES} from './load-balance.ts'
import {isPattern} from './permission.ts'
import {STRATEGIES} from './show.ts'
import {THINK_LEVELS} from './think-level.ts'

/** Cannot be taken for an option of the program that it is given to. */
const WORD = /^[^-\s]\S*$/

/** A login, or a team as `organisation/team`. */
const REVIEWER = /^[A-Za-z0-9][A-Za-z0-9_-]*(\[bot\])?(\/[A-Za-z0-9._-]+)?$/

const web = z.url({protocol: /^https?$/, error: 'a URL such as "https://example.com"'})

/** Minutes as a number, or as a time such as `"30m"`, `"90s"`, `"2h"`. */
function minutesOf<Schema extends z.ZodNumber>(schema: Schema) {
  return z.preprocess((value, check) => {
    if (typeof value !== 'string') return value
    const ms = durationMs(value)
    if (ms !== null) return ms / MINUTE_MS
    check.addIssue({code: 'custom', message: 'a number of minutes, or a time such as "30m"'})
    return z.NEVER
  }, schema)
}

/** Minutes between two trains that a departure can be looked for in. */
const LEAST_SCHEDULE = 0.05

const minutes = minutesOf(z.number().nonnegative())
/** Minutes after which a command is ended; at most a day. */
const timeout = minutesOf(z.number().positive().max(1440)).default(15)

/** `Tool` or `Tool(words)`, where `*` stands for any characters. */
const patterns = z.array(z.string().refine(isPattern, 'a pattern like WebFetch or Bash(npm run *)'))

/** A board's number is kept as text, as ids are. */
function boardNumber(value: unknown): unknown {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? String(value) : value
}

const slot = z.strictObject({
  /** The login that is assigned to the issues of this slot. */
  github_user: login.optional(),
  specializations: z.array(z.string().min(1)).default([]),
  /** Panes of this slot; each one beyond the first takes a slot without a table of its own. */
  max_concurrent_tickets: z.number().int().min(1).max(12).optional(),
  /** Where its working hours are read; not set: here. */
  timezone: z.string().refine(isTimezone, 'a time zone such as "UTC" or "Europe/Vienna"').optional(),
  /** It takes no new issue outside of them. */
  working_hours: z.string().refine(isWorkingHours, 'hours such as "09:00-17:00"').optional(),
})

const profileSettings = z.strictObject({
  /** Program and arguments; `{session}`, `{worktree}` and, when `prompt` is `argument`, `{prompt}` are replaced. */
  command: z.array(z.string()).min(1).optional(),
  /** The same for resuming an earlier conversation; without it the whole task is prompted again. */
  resume_command: z.array(z.string()).min(1).optional(),
  /** How the agent gets its task: pasted into its terminal, or as an argument. */
  prompt: z.enum(['paste', 'argument']).default('paste'),
  /**
   * How it shows that its turn is over. `signals`: it posts its hooks to its mailbox; `exit`: its process ends; `quiet`:
   * its terminal falls silent; `notify`: it rings the bell or sends a notification (OSC 9, OSC 777).
   */
  state: z.enum(['signals', 'exit', 'quiet', 'notify']).default('signals'),
  /** Seconds of silence after which a `quiet` agent is taken to be done. */
  quiet_seconds: z.number().min(1).max(3600).default(20),
  env: z.record(variable, z.string()).default({}),
  /** Where it runs; not set: here. In a container without `command` it is Claude, as without any profile. */
  runner: z.enum(['docker', 'ssh']).optional(),
  /** What it may see of this machine, with `agents.setup` and `agents.verify`. */
  sandbox: z.enum(['none', 'bwrap']).default('none'),
  image: z.string().regex(WORD, 'the name of an image').optional(),
  host: z.string().regex(WORD, 'the name of a host').optional(),
  /** Further options of the runner's or sandbox's own program. */
  runner_args: z.array(z.string()).default([]),
})

function namesPrompt(command: readonly string[]): boolean {
  return command.some(word => word.includes('{prompt}'))
}

/** Whether a profile has settings of a program that is named by its command. */
function isOfProgram({
  prompt,
  state,
  resume_command: resume,
}: Pick<z.infer<typeof profileSettings>, 'prompt' | 'state' | 'resume_command'>): boolean {
  return prompt !== 'paste' || state !== 'signals' || resume !== undefined
}

const profile = profileSettings
  .refine(({runner, sandbox, command}) => runner === 'docker' || sandbox !== 'none' || command !== undefined, {
    path: ['command'],
    message: 'a list in brackets',
  })
  .refine(({runner, image}) => runner !== 'docker' || image !== undefined, {
    path: ['image'],
    message: 'the name of an image, as the runner is docker',
  })
  .refine(({runner, host}) => runner !== 'ssh' || host !== undefined, {
    path: ['host'],
    message: 'the name of a host, as the runner is ssh',
  })
  // What is meant to keep an agent away from this machine must not be passed over.
  .refine(({runner, image}) => runner !== undefined || image === undefined, {
    path: ['runner'],
    message: 'docker, as an image is named',
  })
  .refine(({runner, host}) => runner !== undefined || host === undefined, {
    path: ['runner'],
    message: 'ssh, as a host is named',
  })
  .refine(({runner, sandbox, runner_args: args}) => runner !== undefined || sandbox !== 'none' || args.length === 0, {
    path: ['runner'],
    message: 'docker or ssh, or sandbox must be bwrap, as runner_args are for these',
  })
  .refine(
    ({prompt, command = [], resume_command: resume = []}) =>
      prompt === 'argument' || !namesPrompt([...command, ...resume]),
    {
      path: ['prompt'],
      message: '"argument", as the command has {prompt}',
    },
  )
  .refine(
    ({runner, sandbox, command, ...own}) =>
      command !== undefined || (runner !== 'docker' && sandbox === 'none') || !isOfProgram(own),
    {
      path: ['command'],
      message: 'a list in brackets: Claude, which runs without a command, has no prompt, state or resume_command',
    },
  )
  .refine(({runner, state}) => runner !== 'ssh' || state !== 'signals', {
    path: ['state'],
    message: 'exit, quiet or notify, as hooks do not come here over ssh',
  })
  .refine(({runner, sandbox}) => runner === undefined || sandbox === 'none', {
    path: ['sandbox'],
    message: 'none, as the runner takes the agent away from this machine',
  })
  .refine(
    ({sandbox, state, runner_args: args}) =>
      sandbox === 'none' || state !== 'signals' || !args.some(arg => /^--unshare-(net|all)$/.test(arg)),
    {path: ['state'], message: 'exit, quiet or notify, as hooks need the network that runner_args takes away'},
  )

const agentSettings = z.object({
  command: z.array(z.string()).min(1).default(['claude']),
  profile: z.string().default('claude'),
  /** `{agent}`, `{issue}`, `{slug}` are filled in. */
  branch: branchTemplate.default('{agent}/{issue}-{slug}'),
  workspace_root: workspaceFolder.default('.clambake/worktrees'),
  permission_mode: z
    .enum(['acceptEdits', 'auto', 'bypassPermissions', 'manual', 'dontAsk', 'plan'])
    .default('acceptEdits'),
  /** The client's permission rules. A finished ticket is a commit: nobody should have to be asked for each one. */
  allow: patterns.default(['add', 'commit', 'merge', 'rm', 'mv'].map(command => `Bash(git ${command} *)`)),
  /**
   * A guard rail, no wall: the agent's environment has nothing to push with. Stashes are shared by all worktrees, so one
   * agent would take what another put away.
   */
  deny: patterns.default(['Bash(git push *)', 'Bash(git stash *)']),
  /** Shell command lines that run once in a new worktree, before its agent starts. */
  setup: z.array(z.string().min(1)).default([]),
  /** Minutes that each of them may take. */
  setup_timeout: timeout,
  /** Shell command lines that finished work must pass in its worktree before it is bottled. */
  verify: z.array(z.string().min(1)).default([]),
  verify_timeout: timeout,
  /** How hard agents think where nothing speaks for more. */
  think_level: z.enum(THINK_LEVELS).default('think'),
  model: z.string().regex(WORD, 'the name of a model').optional(),
  append_system_prompt: z.string().min(1).optional(),
  /** A file of MCP servers in the repository, as main has it; no others are started. */
  mcp_config: pathWithin.optional(),
  /** Names of further variables that agents may see; forge tokens are refused. */
  environment: z.array(variable).default([]),
  /** Dollars for a ticket; at the end of it its agent is stopped and a person asked. */
  max_budget_usd: z.number().positive().optional(),
  /** Dollars for all agents on one local day; then nothing runs until the next. */
  max_budget_usd_per_day: z.number().positive().optional(),
})

/** What may stand in braces in a value of `worktree.env`. */
const PLACEHOLDER = /\{(\w+)\}/g
const PLACEHOLDERS = /^(issue|slot|port(_([2-9]|10))?)$/

/** What each ticket's worktree has for itself, beside its files. */
const worktree = z
  .strictObject({
    /** Free ports that a ticket gets, which no other ticket of this user has. */
    ports: z.number().int().min(0).max(10).default(0),
    /** The first port that is given; ten are kept for each ticket. */
    first_port: z.number().int().min(1024).max(65_000).default(21_000),
    /** Ignored files of the main checkout that a new worktree gets. */
    copy: z.array(pathWithin).default([]),
    /** Variables; `{issue}`, `{slot}`, `{port}`, `{port_2}`… are filled in. */
    env: z
      .record(
        variable,
        z.string().refine(value => [...value.matchAll(PLACEHOLDER)].every(([, name]) => PLACEHOLDERS.test(name!)), {
          message: 'text in which only {issue}, {slot}, {port} and {port_2} to {port_10} are filled in',
        }),
      )
      .default({}),
    /** Shell command lines that run before a worktree is removed. */
    teardown: z.array(z.string().min(1)).default([]),
    /** Minutes that each of them may take. */
    teardown_timeout: timeout,
  })
  .refine(
    ({ports, env}) =>
      Object.values(env).every(value =>
        [...value.matchAll(/\{port(?:_(\d+))?\}/g)].every(([, place = '1']) => Number(place) <= ports),
      ),
    {path: ['ports'], message: 'as many ports as the values of worktree.env name'},
  )

/** `[agents]`: its own keys, and one table per slot, whose name is any spelling of a slot. */
const agents = z.preprocess(
  value => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    const slots: Record<string, unknown> = {}
    const rest: Record<string, unknown> = {}
    for (const [key, entry] of Object.entries(value)) {
      const id = parseAgentId(key)
      if (id && typeof entry === 'object') slots[id] = entry
      else rest[key] = entry
    }
    return {...rest, slots: {...slots, ...('slots' in rest ? (rest.slots as object) : {})}}
  },
  z.strictObject({...agentSettings.shape, slots: z.record(z.string(), slot).default({})}).prefault({}),
)

/** `clambake.toml`, whole, with every default. Unknown keys are errors. */
export const configSchema = z.strictObject({
  github: z
    .strictObject({
      owner: z.string().min(1).optional(),
      repo: z.string().min(1).optional(),
      token_env: variable.optional(),
      api_url: web.optional(),
      /** The board's node id, or its number, as its address has it. */
      project_id: z.preprocess(boardNumber, z.string().min(1)).optional(),
      /** The branch that work starts from and lands on, instead of GitHub's default branch. */
      default_branch: branchName.optional(),
    })
    .prefault({}),
  routing: z
    .strictObject({
      /** Claim work without being asked. Off: `p`, `r` and `route` claim. */
      auto: z.boolean().default(false),
      max_agents: z.number().int().min(1).max(12).default(4),
      routing_label: label.default('route:ready'),
      /** Label of every ticket that an agent works on, beside the slot's own. */
      assignment_label: label.optional(),
      priority_labels: z
        .strictObject({
          unblocker: label.default('route:unblocker'),
          'ready-to-merge': label.default('route:ready-to-merge'),
          high: label.default('route:priority-high'),
          medium: label.default('route:priority-medium'),
          low: label.default('route:priority-low'),
        })
        .prefault({}),
      blocked_label: label.default('route:blocked'),
      review_label: label.default('route:review'),
      human_label: label.default('human-only'),
      trusted_authors: z.array(login).default([]),
      /** What likely touches files that a running agent changes waits for it. */
      avoid_overlap: z.boolean().default(true),
      load_balance: z.enum(LOAD_BALANCES).default('least-loaded'),
    })
    .check(({value: {routing_label, blocked_label, review_label, human_label, assignment_label}, issues, ...more}) => {
      const labels = {routing_label, blocked_label, review_label, human_label, assignment_label}
      for (const [key, other] of shared(labels)) {
        issues.push({code: 'custom', path: [key], message: `another label than ${other}`, input: labels, ...more})
      }
    })
    .prefault({}),
  agents,
  profiles: z.record(z.string(), profile).default({}),
  worktree: worktree.prefault({}),
  claims: z
    .strictObject({
      /** Minutes without a renewal after which others may take over what a daemon holds; renewed three times in it. */
      lease_minutes: minutesOf(z.number().min(0.02).max(1440)).default(10),
    })
    .prefault({}),
  integration: z
    .strictObject({
      auto_merge: z.boolean().default(true),
      merge_strategy: z.enum(['merge', 'squash', 'rebase']).default('squash'),
      delete_after_merge: z.boolean().default(true),
      /** Minutes to wait for checks before a person is asked. */
      ci_timeout: minutes.default(30),
      /** Times that red CI or refused commits go back to the agent; the first conflicts do not count. */
      max_repairs: z.number().int().min(0).max(10).default(2),
      /** Merge when nothing checks a pull request, and main shows no checks either. */
      allow_no_checks: z.boolean().default(false),
      /** Approvals that a pull request needs, beside what main's protection demands. */
      require_reviews: z.number().int().min(0).max(10).default(0),
      /** Logins and teams that are asked to review what changes much, or needs a person. */
      reviewers: z.array(z.string().regex(REVIEWER, 'a login like octocat or a team like my-org/backend')).default([]),
      /** Changed lines from which on reviewers are asked; 0: size does not matter. */
      review_lines: z.number().int().nonnegative().default(500),
      /** What no agent changes without a person's approval, as .gitignore names paths. */
      protected_paths: z.array(pathPattern).default([
        ...['.claude/', '.mcp.json', '.clambake/', 'clambake.toml', '.github/', 'CODEOWNERS'],
        // What other services check by.
        ...['.circleci/', '.buildkite/', '.gitlab-ci.yml', '.travis.yml', 'azure-pipelines.yml', 'Jenkinsfile'],
        // How files are merged and shown, and from which servers others get submodules and content of git-lfs.
        ...['.gitattributes', '.gitmodules', '.lfsconfig'],
      ]),
      /** Tests that are deleted or emptied need a person's approval as well. */
      protect_tests: z.boolean().default(true),
    })
    .prefault({}),
  bundling: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** The train departs on every multiple of this many minutes; 0: as soon as something is aboard. */
      schedule_minutes: minutesOf(
        z
          .number()
          .nonnegative()
          .refine(given => given === 0 || given >= LEAST_SCHEDULE, '0, or at least three seconds ("3s")'),
      ).default(10),
      /** Most tickets in one bundle; with so many bottled the train departs early. */
      max_bundle_size: z.number().int().min(1).max(50).default(10),
      /** The train departs early as well when nothing more can come. */
      leave_early: z.boolean().default(true),
      /**
       * Who conflicts with another aboard waits for the next train (`wait`), or lands by its own pull request (`alone`).
       * With `person` any conflict goes to a person as a draft, and not back to its agent.
       */
      conflict_strategy: z.enum(['wait', 'alone', 'person']).default('wait'),
      /** Label of issues that land by their own pull request. */
      alone_label: label.default('land:alone'),
    })
    .prefault({}),
  landing: z
    .strictObject({
      /** Files that a command makes from others: a bundle never merges them as text, it makes them again at its end. */
      regenerate: z
        .array(
          z.strictObject({
            /** As .gitignore names paths. */
            paths: z.array(pathPattern).min(1),
            /** A shell command line. */
            command: z.string().min(1),
          }),
        )
        .default([]),
      /** Trials that may be tested at the same time when the bad one of a bundle is looked for. */
      parallel_checks: z.number().int().min(1).max(20).default(4),
      /** Trials within an hour after which, if nothing landed, the train pauses. */
      trials_per_hour: z.number().int().min(1).max(1000).default(20),
    })
    .prefault({}),
  radar: z
    .strictObject({
      /** `ask`: a notice, and a key tells both agents; `auto`: both are told at once. */
      tell: z.enum(['off', 'ask', 'auto']).default('ask'),
      /** Before Claude edits a file that another side changes: `warn` tells it so, `ask` makes it ask a person. */
      before_edit: z.enum(['off', 'warn', 'ask']).default('off'),
    })
    .prefault({}),
  recovery: z
    .strictObject({
      /** Minutes after which an agent that changed nothing is shown as stuck. */
      max_stuck_minutes: minutesOf(z.number().positive()).default(30),
      /** Globs of more branches that agents may have made; `*` is any text. */
      scan_patterns: z
        .array(z.string().min(1))
        .default(['agent*/*', 'claude-agent*/*', 'feature/agent*/*', 'recovered/*', 'bundle/*']),
      /** Gigabytes that the worktrees may use before no new issue is claimed; running agents continue. */
      max_disk_gb: z.number().positive().optional(),
      /** Days after which `cleanup` may remove a rescue; 0: never. */
      keep_rescues_days: z.number().int().nonnegative().default(90),
      rescue_size_limit_mb: z.number().positive().default(512),
      ignored_build_folders: z
        .array(z.string())
        .default(['node_modules', 'target', 'dist', 'build', '.venv', '__pycache__', '.next', 'vendor']),
    })
    .prefault({}),
  sync: z
    .strictObject({
      /** Which side wins when a person changes on GitHub what Clambake writes there. */
      strategy: z.enum(STRATEGIES).default('local-wins'),
    })
    .prefault({}),
  hub: z
    .strictObject({
      /** A Postgres that several machines share; not set: a file of this user's. */
      url: z
        .url({protocol: /^postgres(ql)?$/, error: 'an address such as postgres://user@host:5432/database'})
        .optional(),
      /** An OpenAI-compatible endpoint that turns texts of memory into vectors; not set: they are searched by words. */
      embeddings_url: z
        .url()
        .refine(isPrivateAddress, 'an https address, or http on this machine, without a user and a password')
        .optional(),
      embeddings_model: z.string().regex(WORD, 'the name of a model').optional(),
      /** The variable that holds the endpoint's key. */
      embeddings_key_env: variable.optional(),
      /** What is done with a tool call of what another session holds. */
      blockers: z.enum(BLOCKER_POLICIES).default('refuse'),
      /** How many turns messages of other sessions begin for one ticket before a person writes. */
      max_mail_turns: z.number().int().min(0).default(10),
    })
    // One without the other would find memories by their words alone, without a word.
    .refine(({embeddings_url: url, embeddings_model: model}) => url === undefined || model !== undefined, {
      path: ['embeddings_model'],
      message: 'the model of embeddings_url',
    })
    .refine(
      ({embeddings_url: url, embeddings_model: model, embeddings_key_env: key}) =>
        url !== undefined || (model === undefined && key === undefined),
      {path: ['embeddings_url'], message: 'the endpoint of the other embeddings_ settings'},
    )
    .prefault({}),
  observability: z.strictObject({otlp_endpoint: web.optional()}).prefault({}),
  polling: z
    .strictObject({
      /** Seconds between looks at GitHub. */
      github_seconds: z.number().min(0.05).default(30),
      /** Seconds between looks at a pull request that is landing. */
      checks_seconds: z.number().min(0.05).default(10),
    })
    .prefault({}),
})

export type Config = z.infer<typeof configSchema>
export type Profile = z.infer<typeof profile>

/**
 * How a schema is used that parses once in a process: zod would first write and compile a parser of its own for each
 * object of it, which takes a third of the time in which this file is loaded, at every start of every program.
 */
export const PARSED_ONCE = {jitless: true} as const

/** The configuration of a repository without `clambake.toml`. */
export const defaultConfig: Config = configSchema.parse({}, PARSED_ONCE)

/** Whether what is sent to an address stays on this machine or is encrypted, and the address holds no password. */
function isPrivateAddress(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '') return false
  if (url.protocol === 'https:') return true
  return url.protocol === 'http:' && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)
}
