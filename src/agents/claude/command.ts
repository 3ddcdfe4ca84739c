import {shellQuoted} from '../../base/text.ts'
import {BEFORE_EDIT, EDITING_TOOLS, HOLDABLE_TOOLS} from './edits.ts'
import {HUB_PERMISSION, HUB_SERVER} from './hub-server.ts'
import type {Trusted, TrustedSettings} from './trusted.ts'

/**
 * Starts Claude Code as an agent, with hooks that are posted to the pane's mailbox. The file relies on facts about
 * client 2.1: HTTP hooks take variables in headers only, and SessionStart takes no HTTP hook.
 */

/** Hooks that report the agent's state; each is posted to `<mailbox>/<name>`. */
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
/** The host answers after a second at the latest; without an answer the client continues. */
const EDIT_TIMEOUT_SECONDS = 3
/** A person may answer the next day; until then the pane shows the question. */
const PERMISSION_TIMEOUT_SECONDS = 24 * 60 * 60
/** Placeholder of the mailbox's address, which is known only when the pane is started. */
const MAILBOX = '{mailbox}'

/**
 * A shell script: `$1` holds the settings, the rest is the client's command, and the shell becomes the client. An
 * endpoint that the configuration sets for the agent is kept, and it never receives the mailbox's secret.
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
 * Options that keep the client from the worktree's own settings. It would take hooks, permissions, plugins and MCP
 * servers from files that a branch or an agent wrote, which would let the agent permit itself anything. So it reads the
 * user's settings and those given here, which come from main. The user's MCP servers stay, unless the repository names
 * its own. `CLAUDE.md` gives no permissions; it is still read, since the worktree is also an added folder.
 */
const FROM_OUTSIDE_THE_WORKTREE = ['--setting-sources', 'user', '--add-dir', '.'] as const

/** Before which calls the client asks. */
export type AsksBefore = 'edits' | 'what may be held' | 'none'
const ASKED = {edits: EDITING_TOOLS, 'what may be held': HOLDABLE_TOOLS} as const

type Permissions = {allow: readonly string[]; deny: readonly string[]}

/** The command line that starts or resumes the session and posts its hooks. */
export function claudeCommand(options: {
  command: readonly string[]
  session: string
  resume: boolean
  permissionMode: string
  /** Calls that the client makes without asking, and calls that it refuses. */
  permissions: Permissions
  /** Settings and MCP servers from main. */
  trusted: Trusted
  effort?: string | undefined
  model?: string | undefined
  appendSystemPrompt?: string | undefined
  /** Node.js on the machine of the client. */
  node: string
  /** Before which calls it asks: those that edit a file, all that another session may hold, or none. */
  asksBefore: AsksBefore
}): [string, ...string[]] {
  const {command, session, resume, permissionMode, permissions, trusted} = options
  return [
    '/bin/sh',
    '-c',
    FILL_IN_MAILBOX,
    'clambake',
    JSON.stringify(settingsOf(trusted.settings, permissions, claudeHooks(options.node, options))),
    ...command,
    resume ? '--resume' : '--session-id',
    session,
    '--permission-mode',
    permissionMode,
    ...flag('--effort', options.effort),
    ...flag('--model', options.model),
    ...flag('--append-system-prompt', options.appendSystemPrompt),
    ...FROM_OUTSIDE_THE_WORKTREE,
    // Of servers with one name the client takes the last.
    ...['--mcp-config', ...(trusted.mcp === null ? [] : [trusted.mcp]), HUB_SERVER],
    ...(trusted.mcp === null ? [] : ['--strict-mcp-config']),
  ]
}

/** Merges main's settings with ours: the rules of both hold, the hooks of both run. */
function settingsOf(
  trusted: TrustedSettings,
  {allow, deny}: Permissions,
  own: ReturnType<typeof claudeHooks>,
): Record<string, unknown> {
  const {hooks = {}, permissions = {}} = trusted
  const ours = Object.entries(own)
  return {
    ...trusted,
    hooks: {...hooks, ...Object.fromEntries(ours.map(([name, hook]) => [name, [...(hooks[name] ?? []), ...hook]]))},
    permissions: {
      ...permissions,
      allow: [...(permissions.allow ?? []), HUB_PERMISSION, ...allow],
      deny: [...(permissions.deny ?? []), ...deny],
    },
  }
}

function flag(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, value]
}

/** The `hooks` of Claude's settings, with `{mailbox}` for the mailbox's address. `node` runs the one command hook. */
export function claudeHooks(
  node: string,
  {asksBefore = 'none'}: {asksBefore?: AsksBefore} = {},
): Record<string, readonly unknown[]> {
  const http = (path: string, timeout: number, matcher?: string) => [
    {
      ...(matcher === undefined ? {} : {matcher}),
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
    ...(asksBefore !== 'none' && {
      PreToolUse: [
        ...http('PreToolUse', POST_TIMEOUT_SECONDS),
        ...http(`${BEFORE_EDIT}?reply=soon`, EDIT_TIMEOUT_SECONDS, ASKED[asksBefore].join('|')),
      ],
    }),
    PermissionRequest: http('PermissionRequest?reply=1', PERMISSION_TIMEOUT_SECONDS),
  }
}

/** A shell command that posts its standard input. It uses node, since curl may not be installed. */
function sessionStartCommand(node: string): string {
  const script = [
    'fetch(process.env.CLAMBAKE_MAILBOX_URL+"/SessionStart",{method:"POST",',
    'headers:{"content-type":"application/json",authorization:"Bearer "+process.env.CLAMBAKE_MAILBOX_TOKEN},',
    'body:require("node:fs").readFileSync(0)})',
  ].join('')
  return `${shellQuoted(node)} -e ${shellQuoted(script)}`
}
