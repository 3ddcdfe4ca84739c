import {stringify} from 'smol-toml'
import {type Setting, settings} from './shape.ts'

/** Describes each setting; `example` is for a setting without a default. `*` is a name that the user chooses. */
export const DOCS: Readonly<Record<string, {about: string; example?: unknown}>> = {
  'github.owner': {about: "The repository's owner. Default: from the remote's URL.", example: 'acme'},
  'github.repo': {about: "The repository's name. Default: from the remote's URL.", example: 'widgets'},
  'github.token_env': {
    about: 'The variable that holds the token. Default: GITHUB_TOKEN, GH_TOKEN, then `gh auth token`.',
    example: 'GITHUB_TOKEN',
  },
  'github.project_id': {
    about: 'The board (Projects V2) whose Status shows the tickets, by id or number; `clambake init` creates one.',
    example: 'PVT_kwDOABCD',
  },
  'github.api_url': {
    about: 'The API of GitHub Enterprise. Default: that of github.com.',
    example: 'https://github.example.com/api/v3',
  },
  'github.default_branch': {
    about: "The branch that work starts from and lands on. Default: GitHub's default branch.",
    example: 'develop',
  },
  'routing.auto': {about: 'Claim ready issues automatically. false: only on p, r, `pop` and `route`.'},
  'routing.max_agents': {about: 'Number of agents at once, 1 to 12.'},
  'routing.routing_label': {about: 'Issues with this label are ready for agents.'},
  'routing.assignment_label': {
    about: "Label of every ticket that an agent works on, beside the agent's own. Default: none.",
    example: 'agent:assigned',
  },
  'routing.priority_labels.unblocker': {about: 'Label of issues that come before all others.'},
  'routing.priority_labels.ready-to-merge': {about: 'Label of issues whose work only has to be merged.'},
  'routing.priority_labels.high': {about: 'Label for high priority.'},
  'routing.priority_labels.medium': {about: 'Label for medium priority.'},
  'routing.priority_labels.low': {about: 'Label for low priority.'},
  'routing.blocked_label': {about: 'Clambake puts this label on tickets that need a person.'},
  'routing.review_label': {about: 'Clambake puts this label on tickets whose work waits to land.'},
  'routing.human_label': {about: 'Agents never get issues with this label.'},
  'routing.trusted_authors': {
    about:
      'More authors whose issues agents may take, besides owners, members and collaborators; apps whose label counts.',
  },
  'routing.avoid_overlap': {
    about: 'Hold back issues that likely touch files which a running agent changes; `pop 123` overrides it.',
  },
  'routing.load_balance': {
    about: 'Which agent takes an issue: least-loaded, round-robin, or skill (specialists take nothing else).',
  },
  'agents.command': {about: "The agent's program and arguments."},
  'agents.profile': {about: 'How to run it: `claude`, or a name in [profiles].'},
  'agents.branch': {
    about: "Name of a ticket's branch; {agent}, {id} (the agent's digits), {issue} and {slug} are replaced.",
  },
  'agents.workspace_root': {
    about: "Folder of the agents' worktrees, from the repository's root on, or an absolute path.",
  },
  'agents.permission_mode': {
    about: "Claude's permission mode: acceptEdits, auto, bypassPermissions, manual, dontAsk or plan.",
  },
  'agents.allow': {about: 'What agents may do without asking you: Tool or Tool(words); * matches any characters.'},
  'agents.deny': {about: 'What agents must not do, also within a longer command; this prevents mistakes, not attacks.'},
  'agents.setup': {
    about: 'Shell commands to run once in a new worktree, before its agent starts.',
    example: ['npm ci'],
  },
  'agents.setup_timeout': {about: 'Time limit of each of these commands, in minutes.'},
  'agents.verify': {
    about: 'Shell commands that finished work must pass; a failure goes back to the agent, at most twice.',
    example: ['npm test'],
  },
  'agents.verify_timeout': {about: 'Time limit of each of these commands, in minutes.'},
  'agents.think_level': {about: 'think, hard, harder or ultra, unless an option, a label or the task asks for more.'},
  'agents.model': {about: "Claude's --model. Default: the client's own.", example: 'opus'},
  'agents.append_system_prompt': {
    about: "Added to Claude's system prompt in every conversation.",
    example: 'Answer in plain English.',
  },
  'agents.mcp_config': {
    about: 'MCP servers for Claude: a JSON file of the repository, read from main. Default: no servers.',
    example: '.clambake/mcp.json',
  },
  'agents.environment': {about: 'More environment variables that agents may see; forge tokens are refused.'},
  'agents.max_budget_usd': {
    about: 'Budget of a ticket in dollars: a warning at 80 %, at 100 % its agent is stopped. Default: no limit.',
    example: 2.5,
  },
  'agents.max_budget_usd_per_day': {
    about:
      'Budget of all agents of a daemon per day in dollars; after that all are stopped until the next day. Default: no limit.',
    example: 20,
  },
  'agents.slots.*.github_user': {
    about: 'The user to assign to the issues of this slot. Default: assignees are not changed.',
    example: 'octocat',
  },
  'agents.slots.*.specializations': {about: 'This slot takes issues with these labels first.'},
  'agents.slots.*.max_concurrent_tickets': {
    about:
      'Tickets at once: with more than 1, as many slots use these settings; the others must have no table of their own.',
    example: 1,
  },
  'agents.slots.*.timezone': {about: "Time zone of its working hours. Default: this machine's.", example: 'UTC'},
  'agents.slots.*.working_hours': {
    about: 'Hours in which it claims new issues by itself; it finishes what it has begun. Default: always.',
    example: '09:00-17:00',
  },
  'profiles.*.command': {
    about: 'Program and arguments; {session}, {worktree} and, where prompt is argument, {prompt} are replaced.',
    example: ['my-agent', '--dir', '{worktree}'],
  },
  'profiles.*.resume_command': {
    about: 'Program and arguments to continue a conversation. Default: a new one starts with the task.',
    example: ['my-agent', '--resume', '{session}'],
  },
  'profiles.*.prompt': {
    about: 'How it gets the task: paste (into its terminal) or argument (as {prompt} in its command).',
  },
  'profiles.*.state': {
    about:
      'How it shows that it is done: signals (hooks), exit (its process ends), quiet (silence) or notify (bell, OSC).',
  },
  'profiles.*.quiet_seconds': {
    about: 'With state quiet: seconds of silence in its terminal after which it counts as done.',
  },
  'profiles.*.env': {about: 'Environment variables to set for it.'},
  'profiles.*.runner': {about: 'Where it runs: docker or ssh. Default: on this machine.', example: 'docker'},
  'profiles.*.sandbox': {
    about:
      'What it sees of this machine: none (no sandbox) or bwrap (Linux: its worktree and git alone, by bubblewrap).',
  },
  'profiles.*.image': {about: 'The image for docker. Without a command, Claude runs in it.', example: 'my-image'},
  'profiles.*.host': {about: 'The host for ssh, as in your ssh configuration.', example: 'builder'},
  'profiles.*.runner_args': {about: "More options for the runner's program, or for bwrap."},
  'worktree.ports': {
    about:
      'Free ports for each ticket, kept over restarts: CLAMBAKE_PORT, CLAMBAKE_PORT_2, … for its agent and commands.',
    example: 3,
  },
  'worktree.first_port': {about: 'The first port to give; each ticket has ten to itself.'},
  'worktree.copy': {
    about: 'Ignored files of your checkout that each new worktree gets; what git does not ignore is not copied.',
    example: ['.env.local'],
  },
  'worktree.env': {
    about: 'Variables for agents and commands; {issue}, {slot} (of the agent), {port}, {port_2}, … are replaced.',
    example: {COMPOSE_PROJECT_NAME: 'shop-{issue}'},
  },
  'worktree.teardown': {
    about:
      'Shell commands to run before a worktree is removed; if one fails, that is reported and the worktree is removed anyway.',
    example: ['docker compose down --volumes'],
  },
  'worktree.teardown_timeout': {about: 'Time limit of each of these commands, in minutes.'},
  'claims.lease_minutes': {
    about: "Minutes without a heartbeat after which other daemons may take over this daemon's claims.",
  },
  'integration.auto_merge': {about: 'Merge when the checks pass. false: wait for a person to merge.'},
  'integration.merge_strategy': {about: 'merge, squash or rebase.'},
  'integration.delete_after_merge': {about: 'Delete a branch once its merge is on main.'},
  'integration.ci_timeout': {about: 'Minutes to wait for checks before asking a person.'},
  'integration.max_repairs': {
    about:
      'How often failed checks or refused commits go back to the agent; a conflict counts from the sixth on. 0: nothing does.',
  },
  'integration.allow_no_checks': {
    about:
      'Merge what nothing checks, where main shows no checks either. `clambake init` sets it where it finds no CI.',
  },
  'integration.require_reviews': {about: "Approvals that a pull request needs, beside what main's protection demands."},
  'integration.reviewers': {
    about:
      'Logins and org/team whom GitHub asks to review work that changes protected paths, is large, or was recovered.',
  },
  'integration.review_lines': {
    about: 'Changed lines from which on the reviewers are asked, whatever the paths; 0: size does not matter.',
  },
  'integration.protected_paths': {
    about: "Changes of these paths need a person's approval; named as in .gitignore.",
  },
  'integration.protect_tests': {about: 'A person has to approve when tests are deleted or emptied.'},
  'bundling.enabled': {about: 'Land on the train. false: only when you say so, by L or `clambake land`.'},
  'bundling.schedule_minutes': {
    about: 'Minutes between two trains; 0: bottled work lands at once.',
  },
  'bundling.max_bundle_size': {
    about: 'Most tickets in one bundle; as soon as so many are bottled, the train departs.',
  },
  'bundling.leave_early': {about: 'Depart early when no more work can come.'},
  'bundling.conflict_strategy': {
    about:
      'A ticket that conflicts with another on the train: wait (for the next train) or alone (by its own pull request). person: any conflict becomes a draft for a person instead of going back to its agent.',
  },
  'bundling.alone_label': {about: 'Issues with this label land by a pull request of their own.'},
  'landing.parallel_checks': {
    about: 'Parts of a red bundle that are tested at the same time to find the bad one.',
  },
  'landing.trials_per_hour': {
    about: 'Tests of bundles within an hour after which, if nothing landed, the train pauses and asks you.',
  },
  'landing.regenerate': {
    about: 'Files that a bundle never merges as text, such as lock files, and the command that makes them again.',
    example: [{paths: ['package-lock.json'], command: 'npm install --package-lock-only'}],
  },
  'radar.tell': {
    about:
      'What happens when the work of two agents conflicts: off, ask (a notice; t tells both agents) or auto (tells them at once).',
  },
  'radar.before_edit': {
    about:
      'Before Claude edits a file that other work changes: off, warn (tells it so) or ask (it asks you). For new agents.',
  },
  'recovery.max_stuck_minutes': {about: 'Minutes without a change after which `agents diagnose` reports an agent.'},
  'recovery.scan_patterns': {
    about: 'More names of branches that `recover` looks at, beside those of agents.branch; * matches any characters.',
  },
  'recovery.max_disk_gb': {
    about: 'Gigabytes that the worktrees may use; then no new issue is claimed, and agents at work continue.',
    example: 20,
  },
  'recovery.keep_rescues_days': {
    about:
      'Days that saved work, and commits that landed as another one, are kept before `clambake cleanup` proposes to remove them; 0: for ever.',
  },
  'recovery.rescue_size_limit_mb': {
    about: 'Limit of the untracked and ignored files that a rescue saves, in megabytes.',
  },
  'recovery.ignored_build_folders': {about: 'Ignored folders that can be built again, so a rescue leaves them out.'},
  'sync.strategy': {
    about:
      'What to do with manual changes of labels and cards: local-wins (put back), github-wins (obey) or manual (ask).',
  },
  'hub.url': {
    about:
      'The Postgres that holds history and mail, where several machines share it; it uses the schema clambake alone. CLAMBAKE_DATABASE_URL wins, CLAMBAKE_DB_PASS is its password. Default: a file in the state folder.',
    example: 'postgres://clambake@db.example.com:5432/work?sslmode=verify-full',
  },
  'hub.blockers': {
    about:
      "What becomes of an agent's call that uses what another session holds by a blocker: it is refused, a person is asked (`ask`), or nothing (`off`). Reservations ask at most. Counts for agents that start after a change to or from off.",
  },
  'hub.max_mail_turns': {
    about:
      "How many turns messages of other sessions and agents begin for one ticket. After these they come with the agent's next prompt and hold up no work; a word of a person to the agent begins the count again. 0: they never begin a turn.",
  },
  'hub.embeddings_url': {
    about:
      'An OpenAI-compatible endpoint, by which memory is also found by its meaning: its texts are sent there. https, or http on this machine. It needs embeddings_model, and sqlite-vec or pgvector. Default: memory is found by its words.',
    example: 'http://localhost:11434/v1',
  },
  'hub.embeddings_model': {about: 'The model that the endpoint takes.', example: 'nomic-embed-text'},
  'hub.embeddings_key_env': {
    about: "The environment variable that holds the endpoint's key. Default: it needs none.",
    example: 'OPENAI_API_KEY',
  },
  'observability.otlp_endpoint': {
    about: 'Where traces go (OTLP over HTTP); OTEL_EXPORTER_OTLP_ENDPOINT wins. Default: nowhere.',
    example: 'http://localhost:6006',
  },
  'polling.github_seconds': {about: 'Seconds between two reads of GitHub.'},
  'polling.checks_seconds': {about: 'Seconds between two reads of a pull request that is landing.'},
}

/** Example names in the place of those that the user chooses. */
const NAMES: readonly (readonly [pattern: string, shown: string])[] = [
  ['agents.slots.*', 'agents.agent-001'],
  ['profiles.*', 'profiles.my-agent'],
]

/**
 * Writes a `clambake.toml` that explains each setting and shows its default. All settings are commented out, except those
 * of `values`, by dotted path.
 */
export function exampleConfig(values: Readonly<Record<string, unknown>> = {}): string {
  const tables = Map.groupBy(settings(), ({path}) => path.slice(0, -1).join('.'))
  const sections = [...tables].map(([table, entries]) => {
    const shown = NAMES.find(([pattern]) => pattern === table)?.[1] ?? table
    // The bare header of a table with a chosen name would already create it.
    const header = shown === table ? `[${shown}]` : `#[${shown}]`
    return [header, ...entries.map(setting => describe(setting, values))].join('\n')
  })
  return [
    '# Clambake. Each setting is shown with its default or an example; remove the # to change it.',
    '# Unknown settings are errors, so that typing mistakes are found.',
    '# A running daemon takes up what is changed here by itself; [github], agents.workspace_root, hub.url, hub.embeddings_* and',
    '# observability.otlp_endpoint wait for `clambake daemon restart`.',
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

/** `key = value` on one line; tables, which the library would write below a header, are written inline. */
function inline(key: string, value: unknown): string {
  if (Array.isArray(value) && value.some(isTable)) return `${key} = [${value.map(inlineTable).join(', ')}]`
  return isTable(value) ? `${key} = ${inlineTable(value)}` : stringify({[key]: value}).trimEnd()
}

function inlineTable(table: object): string {
  const entries = Object.entries(table).map(([key, value]) => inline(key, value))
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

function isTable(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
