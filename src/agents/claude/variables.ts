/** Variables of Clambake's own environment that Claude Code reads, and that its agents get. */
export const CLAUDE_READS = [
  // Account, endpoint, models, limits.
  /^(ANTHROPIC|CLAUDE)_[A-Z0-9_]+$/,
  // Its switches under other names: a user who turned off telemetry or updates means every session.
  /^DISABLE_(AUTOUPDATER|BUG_COMMAND|COST_WARNINGS|ERROR_REPORTING|INTERLEAVED_THINKING|PROMPT_CACHING|TELEMETRY)$/,
  /^(DO_NOT_TRACK|MAX_THINKING_TOKENS|BASH_(DEFAULT_TIMEOUT_MS|MAX_TIMEOUT_MS|MAX_OUTPUT_LENGTH))$/,
]

/** Variables that a Claude session sets for its children: an agent that sees them takes itself for such a child. */
export const OF_ANOTHER_SESSION = /^CLAUDE_CODE_(ENTRYPOINT|SSE_PORT|SESSION_ID|CHILD_SESSION|REMOTE.*)$/

/** Variables that make the client report its usage (its shell script sets the endpoint) and read `CLAUDE.md`. */
export function claudeEnvironment(agent: string, ticket: number): Record<string, string> {
  return {
    // The worktree is an added folder, see `command.ts`.
    CLAUDE_CODE_ADDITIONAL_DIRECTORIES_CLAUDE_MD: '1',
    CLAUDE_CODE_ENABLE_TELEMETRY: '1',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    // Only the client's log, and no hook, reports a permission that was given in the client's own dialog.
    OTEL_LOGS_EXPORT_INTERVAL: '1000',
    OTEL_RESOURCE_ATTRIBUTES: `agent.id=${agent},ticket.id=${ticket}`,
  }
}
