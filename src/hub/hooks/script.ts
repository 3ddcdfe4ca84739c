import {HOOK_SCRIPT} from '../../base/processes/process-id.ts'

/** Grows with every change of the script; `setup-claude --hub` replaces an older one. */
export const SCRIPT_VERSION = 1

/** The first word of a guard file, by which the script knows that it can read it. */
export const GUARD_FORMAT = 'clambake-guard-1'

/** The hooks of the client that call the script. */
export const HOOK_EVENTS = ['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'Stop', 'SessionEnd'] as const
export type HookEvent = (typeof HOOK_EVENTS)[number]

/** How long the client waits for a hook, in seconds. */
export const HOOK_TIMEOUT_SECONDS = 15

/** What the script calls for all that takes more than a look at two files. */
export type Program = {node: string; entry: string}

/**
 * The shell script that a client runs for each of its hooks, as a POSIX shell reads it. A tool call must not wait for a
 * program to start, so the script itself notes the sign of life and looks whether anything is held that the call's text
 * names; only then, or when no watcher keeps that up to date, it starts the program. It always ends with 0: 2 would refuse
 * the call.
 */
export function hookScript({folder, node, entry}: {folder: string} & Program): string {
  return `#!/bin/sh
# clambake-hub-hook ${SCRIPT_VERSION}
# Tells the hub of Clambake about this session. Written by: clambake setup-claude --hub
# Whatever fails here, it is silent and ends with 0, so that the session is not disturbed.
trap 'exit 0' 0
exec 2>/dev/null
# For an agent that Clambake supervises, its daemon speaks.
[ -z "\${CLAMBAKE_MAILBOX_URL:-}" ] || exit 0
set -f
LC_ALL=C
event=$1
hooks=${quoted(folder)}
node=${quoted(node)}
entry=${quoted(entry)}
CLAMBAKE_STATE_DIR=\${hooks%/hooks}
export CLAMBAKE_STATE_DIR

[ ! -e "$hooks/off" ] || exit 0
if [ -r "$hooks/off-projects" ]; then
  here=\${CLAUDE_PROJECT_DIR:-$PWD}/
  while read -r key project; do
    case $here in "$project"/*) exit 0 ;; esac
  done <"$hooks/off-projects"
fi

# Leaves the answer to the program; what was read of the hook's input is passed on.
slow() {
  if [ -x "$node" ] && [ -f "$entry" ]; then
    if [ -n "\${input:-}" ]; then
      printf '%s' "$input" | "$node" "$entry" hub-hook "$event"
    else
      "$node" "$entry" hub-hook "$event"
    fi
  fi
  exit 0
}

# Whether the watcher that wrote the guard still runs: format, process, its start.
alive() {
  [ "$1" = ${GUARD_FORMAT} ] && [ -n "$2" ] || return 1
  [ -r /proc/self/stat ] || { kill -0 "$2"; return; }
  stat=
  read -r stat <"/proc/$2/stat"
  set -- "$3" \${stat##*) }
  [ $# -gt 21 ] && [ "$1" = "\${21}" ] && [ "$2" != Z ] && [ "$2" != X ]
}

[ "$event" = PreToolUse ] || slow
session=$hooks/sessions/$PPID
[ -w "$session/beat" ] || slow
true >"$session/beat"
# Messages were given to the session, and this call shows that a turn began with them.
[ ! -e "$session/given" ] || slow
[ -r "$session/guard" ] || slow
first=
set --
while IFS= read -r line; do
  if [ -z "$first" ]; then first=$line; else set -- "$@" "$line"; fi
done <"$session/guard"
alive $first || slow
[ $# -gt 0 ] || exit 0
input=$(cat)
[ -n "$input" ] || slow
for word do
  [ "$word" != '*' ] || slow
  case $input in *"$word"*) slow ;; esac
done
exit 0
`
}

/** The version of a script; null: it is none of ours. */
export function scriptVersion(text: string): number | null {
  const found = /^# clambake-hub-hook (\d+)$/m.exec(text)?.[1]
  return found === undefined ? null : Number(found)
}

/** The command of a hook in the client's settings. It does nothing when the script is gone. */
export function hookCommand(script: string, event: HookEvent): string {
  return `if [ -f ${quoted(script)} ]; then exec /bin/sh ${quoted(script)} ${event}; fi`
}

/** Whether a command in the client's settings is one of ours, wherever its script is or was. */
export function isHookCommand(command: string): boolean {
  return OURS.test(command)
}

const OURS = new RegExp(
  `^if \\[ -f '.+/${HOOK_SCRIPT.replace('.', '\\.')}' \\]; then exec /bin/sh '.+' (?:${HOOK_EVENTS.join('|')}); fi$`,
)

/** A word of a shell's line. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
