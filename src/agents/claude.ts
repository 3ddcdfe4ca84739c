import type {Trusted, TrustedSettings} from './trusted.ts'

/**
 * Claude Code as an agent. Its hooks are posted to the pane's mailbox; the facts behind this file are those of
 * client 2.1: HTTP hooks take variables in headers only, and SessionStart takes no HTTP hook.
 */

/** Hooks that tell where the agent stands; each is posted to `<mailbox>/<name>`. */
const POSTED = [
  'UserPromptSubmit',
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
  'PostToolBatch',
  'Notification',
  'Stop',
  'StopFailure',
  'SessionEnd',
] as const
const POST_TIMEOUT_SECONDS = 5
/** A person may answer the next day; the question is shown in the pane all the while. */
const PERMISSION_TIMEOUT_SECONDS = 24 * 60 * 60
/** Stands for the mailbox's address, which is known only where the pane is started. */
const MAILBOX = '{mailbox}'

/**
 * `$1` are the settings, the rest is the client's command; the process becomes the client. An endpoint that the
 * configuration gave to the agent stays, and never gets the mailbox's secret.
 */
const FILL_IN_MAILBOX = [
  'settings=$(printf %s "$1" | sed "s|{mailbox}|$CLAMBAKE_MAILBOX_URL|g"); shift',
  'if [ -z "$OTEL_EXPORTER_OTLP_ENDPOINT" ]; then',
  'export OTEL_EXPORTER_OTLP_ENDPOINT="$CLAMBAKE_MAILBOX_URL"',
  'export OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer $CLAMBAKE_MAILBOX_TOKEN"',
  'fi',
  'exec "$@" --settings "$settings"',
].join('\n')

/**
 * In a worktree the client would take hooks, permissions, plugins and MCP servers from files that a branch brings along
 * or that an agent wrote before it was started again: its own leave to do anything. So it reads the user's own settings
 * and what it is given here, which comes from main. The user's own MCP servers stay, unless the repository names those
 * that there are. `CLAUDE.md` is words and no leave; it is read as always, since the
 * worktree is also named as an added folder.
 */
const FROM_OUTSIDE_THE_WORKTREE = ['--setting-sources', 'user', '--add-dir', '.'] as const
const READS_ADDED_MEMORY = {CLAUDE_CODE_ADDITIONAL_DIRECTORIES_CLAUDE_MD: '1'}

type Permissions = {allow: readonly string[]; deny: readonly string[]}

/** The command line that starts or resumes the session and posts its hooks. */
export function claudeCommand(options: {
  command: readonly string[]
  session: string
  resume: boolean
  permissionMode: string
  /** What the client does without asking, and never does. */
  permissions: Permissions
  /** What main says to the client. */
  trusted: Trusted
  effort?: string | undefined
  model?: string | undefined
  appendSystemPrompt?: string | undefined
  /** Node.js where the client runs. */
  node: string
}): [string, ...string[]] {
  const {command, session, resume, permissionMode, permissions, trusted} = options
  return [
    '/bin/sh',
    '-c',
    FILL_IN_MAILBOX,
    'clambake',
    JSON.stringify(settingsOf(trusted.settings, permissions, options.node)),
    ...command,
    resume ? '--resume' : '--session-id',
    session,
    '--permission-mode',
    permissionMode,
    ...flag('--effort', options.effort),
    ...flag('--model', options.model),
    ...flag('--append-system-prompt', options.appendSystemPrompt),
    ...FROM_OUTSIDE_THE_WORKTREE,
    ...(trusted.mcp === null ? [] : ['--mcp-config', trusted.mcp, '--strict-mcp-config']),
  ]
}

/** Main's settings with ours: rules of both hold, hooks of both run. */
function settingsOf(trusted: TrustedSettings, {allow, deny}: Permissions, node: string): Record<string, unknown> {
  const {hooks = {}, permissions = {}} = trusted
  const ours = Object.entries(claudeHooks(node))
  return {
    ...trusted,
    hooks: {...hooks, ...Object.fromEntries(ours.map(([name, hook]) => [name, [...(hooks[name] ?? []), ...hook]]))},
    permissions: {
      ...permissions,
      allow: [...(permissions.allow ?? []), ...allow],
      deny: [...(permissions.deny ?? []), ...deny],
    },
  }
}

/** What makes the client tell what it uses (to whom is filled in where the pane is started) and read its words. */
export function claudeEnvironment(agent: string, ticket: number): Record<string, string> {
  return {
    ...READS_ADDED_MEMORY,
    CLAUDE_CODE_ENABLE_TELEMETRY: '1',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    // No hook tells that a permission was given in the client's own dialog, only its log does.
    OTEL_LOGS_EXPORT_INTERVAL: '1000',
    OTEL_RESOURCE_ATTRIBUTES: `agent.id=${agent},ticket.id=${ticket}`,
  }
}

function flag(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, value]
}

/** The `hooks` of Claude's settings; `{mailbox}` stands for the mailbox's address. `node` runs the one command hook. */
export function claudeHooks(node: string): Record<string, readonly unknown[]> {
  const http = (path: string, timeout: number) => [
    {
      hooks: [
        {
          type: 'http',
          url: `${MAILBOX}/${path}`,
          headers: {Authorization: 'Bearer $CLAMBAKE_MAILBOX_TOKEN'},
          allowedEnvVars: ['CLAMBAKE_MAILBOX_TOKEN'],
          timeout,
        },
      ],
    },
  ]
  return {
    SessionStart: [{hooks: [{type: 'command', command: sessionStartCommand(node), timeout: POST_TIMEOUT_SECONDS}]}],
    ...Object.fromEntries(POSTED.map(name => [name, http(name, POST_TIMEOUT_SECONDS)])),
    PermissionRequest: http('PermissionRequest?reply=1', PERMISSION_TIMEOUT_SECONDS),
  }
}

/** A shell command that posts its standard input, with the node that runs Clambake: curl may not be there. */
function sessionStartCommand(node: string): string {
  const script = [
    'fetch(process.env.CLAMBAKE_MAILBOX_URL+"/SessionStart",{method:"POST",',
    'headers:{"content-type":"application/json",authorization:"Bearer "+process.env.CLAMBAKE_MAILBOX_TOKEN},',
    'body:require("node:fs").readFileSync(0)})',
  ].join('')
  return `${shellQuoted(node)} -e ${shellQuoted(script)}`
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
