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

/** `$1` are the settings, the rest is the client's command; the process becomes the client. */
const FILL_IN_MAILBOX =
  'settings=$(printf %s "$1" | sed "s|{mailbox}|$CLAMBAKE_MAILBOX_URL|g"); shift; exec "$@" --settings "$settings"'

/** The command line that starts or resumes the session and posts its hooks. */
export function claudeCommand(options: {
  command: readonly string[]
  session: string
  resume: boolean
  permissionMode: string
  /** What the client does without asking, and never does. */
  permissions: {allow: readonly string[]; deny: readonly string[]}
}): [string, ...string[]] {
  const {command, session, resume, permissionMode, permissions} = options
  return [
    '/bin/sh',
    '-c',
    FILL_IN_MAILBOX,
    'clambake',
    JSON.stringify({hooks: claudeHooks(process.execPath), permissions}),
    ...command,
    resume ? '--resume' : '--session-id',
    session,
    '--permission-mode',
    permissionMode,
  ]
}

/** The `hooks` of Claude's settings; `{mailbox}` stands for the mailbox's address. `node` runs the one command hook. */
export function claudeHooks(node: string): Record<string, unknown> {
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
