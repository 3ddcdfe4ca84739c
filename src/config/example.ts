import {stringify} from 'smol-toml'
import {type Setting, settings} from './shape.ts'

/** A word on each setting; `example` shows one that has no default. `*` stands for a name of the user's own. */
export const DOCS: Readonly<Record<string, {about: string; example?: unknown}>> = {
  'github.owner': {about: "Default: from the remote's URL, as the next one.", example: 'acme'},
  'github.repo': {about: "The repository's name.", example: 'widgets'},
  'github.token_env': {
    about: 'Variable that holds the token. Default: GITHUB_TOKEN, GH_TOKEN, then `gh auth token`.',
    example: 'GITHUB_TOKEN',
  },
  'github.project_id': {
    about: 'The board (Projects V2) whose Status shows the tickets; `clambake init` makes one.',
    example: 'PVT_kwDOABCD',
  },
  'github.api_url': {about: 'For GitHub Enterprise.', example: 'https://github.example.com/api/v3'},
  'routing.auto': {about: 'Claim work without being asked; off: p, r and `route` claim.'},
  'routing.max_agents': {about: 'Agents at once, 1 to 12.'},
  'routing.routing_label': {about: 'Issues with this label are ready for agents.'},
  'routing.priority_labels.unblocker': {about: 'Label of work that goes before all other.'},
  'routing.priority_labels.ready-to-merge': {about: 'Label of work that only waits for its merge.'},
  'routing.priority_labels.high': {about: 'High priority.'},
  'routing.priority_labels.medium': {about: 'Medium priority.'},
  'routing.priority_labels.low': {about: 'Low priority.'},
  'routing.blocked_label': {about: 'Shown on tickets that need a person.'},
  'routing.review_label': {about: 'Shown on tickets whose work waits to land.'},
  'routing.human_label': {about: 'Issues with this label are never given to an agent.'},
  'routing.trusted_authors': {
    about: 'Further authors whose issues are taken; owners, members and collaborators always are.',
  },
  'routing.avoid_overlap': {
    about: 'What likely touches files that a running agent changes waits for it; pop by number overrules.',
  },
  'routing.load_balance': {
    about: 'Who takes an issue: least-loaded, round-robin, or skill (specialists take nothing else).',
  },
  'agents.command': {about: "The agent's program and arguments."},
  'agents.profile': {about: 'How to speak with it: `claude`, or a name in [profiles].'},
  'agents.branch': {about: "Name of a ticket's branch; {agent}, {issue} and {slug} are filled in."},
  'agents.workspace_root': {about: "Where the agents' worktrees are, from the repository's root."},
  'agents.permission_mode': {about: 'acceptEdits, auto, bypassPermissions, manual, dontAsk or plan.'},
  'agents.allow': {about: 'What agents may do without asking you: Tool or Tool(words); * stands for any characters.'},
  'agents.deny': {about: 'What they may not do, also as a part of a longer command; a guard rail, no wall.'},
  'agents.setup': {
    about: 'Shell commands to run once in a new worktree, before its agent starts.',
    example: ['npm ci'],
  },
  'agents.setup_timeout': {about: 'Minutes that each of them may take.'},
  'agents.verify': {
    about: 'Shell commands that finished work must pass; what fails goes back to the agent, twice.',
    example: ['npm test'],
  },
  'agents.verify_timeout': {about: 'Minutes that each of them may take.'},
  'agents.think_level': {about: 'think, hard, harder or ultra, where neither option, label nor task asks for more.'},
  'agents.model': {about: "Claude's --model. Default: the client's own.", example: 'opus'},
  'agents.append_system_prompt': {
    about: 'Added to what Claude is told in every conversation.',
    example: 'Answer in plain English.',
  },
  'agents.mcp_config': {
    about: 'MCP servers for Claude: a JSON file of the repository, as main has it. Default: none are started.',
    example: '.clambake/mcp.json',
  },
  'agents.environment': {about: 'Further variables that agents may see; tokens of forges are refused.'},
  'agents.max_budget_usd': {
    about: 'Dollars for a ticket: at 80 % you are warned, at the end its agent is stopped. Default: no bound.',
    example: 2.5,
  },
  'agents.max_budget_usd_per_day': {
    about: 'Dollars for all agents on one day: then they are stopped until the next. Default: no bound.',
    example: 20,
  },
  'agents.slots.*.github_user': {
    about: 'Assigned to the issues that this slot works on. Default: assignees are left to people.',
    example: 'octocat',
  },
  'agents.slots.*.specializations': {about: 'Labels whose issues this slot takes first.'},
  'profiles.*.command': {
    about: 'Program and arguments; {prompt}, {session} and {worktree} are replaced.',
    example: ['my-agent', '{prompt}'],
  },
  'profiles.*.resume_command': {
    about: 'The same for going on with an earlier conversation. Default: the task is told anew.',
    example: ['my-agent', '--resume', '{session}', '{prompt}'],
  },
  'profiles.*.prompt': {about: 'How the task reaches it: paste (into its terminal) or argument.'},
  'profiles.*.state': {
    about:
      'How it tells that it is done: signals (hooks), exit (its process ends), quiet (silence) or notify (bell, OSC).',
  },
  'profiles.*.quiet_seconds': {about: 'Silence of its terminal after which a quiet agent is taken to be done.'},
  'profiles.*.env': {about: 'Variables to set for it.'},
  'profiles.*.runner': {about: 'Where it runs: docker or ssh. Default: on this machine.', example: 'docker'},
  'profiles.*.image': {about: 'For docker: without a command, Claude runs in it.', example: 'my-image'},
  'profiles.*.host': {about: 'For ssh: as ssh knows it.', example: 'builder'},
  'profiles.*.runner_args': {about: "Further options of the runner's own program."},
  'claims.lease_minutes': {
    about: 'Minutes without a sign of life after which other daemons take over what this one holds.',
  },
  'integration.auto_merge': {about: 'Merge when the checks are green.'},
  'integration.merge_strategy': {about: 'merge, squash or rebase.'},
  'integration.delete_after_merge': {about: 'Delete a branch after its merge was seen on main.'},
  'integration.ci_timeout': {about: 'Minutes to wait for checks before a person is asked.'},
  'integration.max_repairs': {about: 'Times that red checks, a conflict or a review go back to the agent.'},
  'integration.allow_no_checks': {about: 'Merge commits that have no checks at all.'},
  'bundling.enabled': {about: 'Land on the train; off: as soon as work is bottled.'},
  'bundling.schedule_minutes': {about: 'The train departs on each multiple of this many minutes; 0: at once.'},
  'recovery.max_stuck_minutes': {about: 'Minutes after which diagnose tells of an agent that changed nothing.'},
  'recovery.rescue_size_limit_mb': {about: 'Megabytes of untracked and ignored files that a rescue keeps.'},
  'recovery.ignored_build_folders': {about: 'Ignored folders that can be built anew and are not rescued.'},
  'sync.strategy': {
    about: 'Who is right when labels or cards were changed by hand: local-wins, github-wins or manual (asks).',
  },
  'observability.otlp_endpoint': {
    about: 'Where traces go (OTLP over HTTP); OTEL_EXPORTER_OTLP_ENDPOINT wins. Default: nowhere.',
    example: 'http://localhost:6006',
  },
  'polling.github_seconds': {about: 'Seconds between looks at GitHub.'},
  'polling.checks_seconds': {about: 'Seconds between looks at a pull request that is landing.'},
}

/** How names of the user's own are shown. */
const NAMES: readonly (readonly [pattern: string, shown: string])[] = [
  ['agents.slots.*', 'agents.agent-001'],
  ['profiles.*', 'profiles.my-agent'],
]

/**
 * A `clambake.toml` that says what each setting does and what holds without it. Every setting is commented out but those
 * of `values`, by dotted path.
 */
export function exampleConfig(values: Readonly<Record<string, unknown>> = {}): string {
  const tables = Map.groupBy(settings(), ({path}) => path.slice(0, -1).join('.'))
  const sections = [...tables].map(([table, entries]) => {
    const shown = NAMES.find(([pattern]) => pattern === table)?.[1] ?? table
    // A table that the user names would be made by its bare header.
    const header = shown === table ? `[${shown}]` : `#[${shown}]`
    return [header, ...entries.map(setting => describe(setting, values))].join('\n')
  })
  return [
    '# Clambake. Each setting is shown with what holds without it; remove the # before one to change it.',
    '# Unknown settings are errors, so a slip of the pen is found.',
    '',
    sections.join('\n\n'),
    '',
  ].join('\n')
}

function describe({path, fallback}: Setting, values: Readonly<Record<string, unknown>>): string {
  const key = path.at(-1) ?? ''
  const {about, example} = DOCS[path.join('.')] ?? {about: ''}
  const instead = fallback === undefined || example === undefined ? '' : ` For example: ${inline(key, example)}`
  const value = values[path.join('.')]
  return `# ${about}${instead}\n${value === undefined ? `#${inline(key, fallback ?? example)}` : inline(key, value)}`
}

/** `key = value` on one line; a record, which the library would write as a table, as an inline one. */
function inline(key: string, value: unknown): string {
  const isEmptyRecord = typeof value === 'object' && value !== null && Object.keys(value).length === 0
  return isEmptyRecord && !Array.isArray(value) ? `${key} = {}` : stringify({[key]: value}).trimEnd()
}
