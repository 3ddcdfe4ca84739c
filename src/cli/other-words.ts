/**
 * Commands that people know from other orchestrators and Clambake does not have: what to do here instead. A command that
 * is built leaves this table, which `test/cli/other-words.test.ts` holds.
 */
export const OTHER_COMMANDS: Readonly<Record<string, string>> = {
  dashboard: 'clambake opens the full screen; clambake status --watch prints the same as text',
  traces:
    'set observability.otlp_endpoint in clambake.toml, and each ticket is one trace in Phoenix or any OTLP server; clambake why 123 and clambake events explain decisions here',
  metrics:
    'clambake status shows agents, queue, API budget and the cost of the day; clambake events --json has every step for figures of your own',
  'export-metrics': 'clambake events --json has every step with its time, for figures of your own',
  debug:
    'clambake why agent001 explains its state, clambake agents diagnose agent001 finds what is wrong, clambake logs agent001 prints its terminal',
  sprint:
    'clambake daemon start begins one; clambake agents stop --all ends it with all work saved, and clambake land --pause "sprint ended" keeps main as it is',
  event:
    'clambake events prints what happened, newest first; clambake log notes what a session does, as in clambake log task_started "docs"',
  feature:
    'make an issue of each task, with "Depends on #12" where one waits; clambake status shows how far they are, clambake conflicts which get in each other\'s way, clambake land merges them, clambake events --json exports',
  'setup-phoenix':
    'start Phoenix yourself (docker run -p 6006:6006 arizephoenix/phoenix), then clambake init --observability full sends it the traces',
}
