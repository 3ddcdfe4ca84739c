import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {reportOf, type Signal, signalOf} from '../../../src/agents/claude/signals.ts'

const common = {session_id: 's1', transcript_path: '/t', cwd: '/w', permission_mode: 'acceptEdits'}

const TABLE: [kind: string, body: Record<string, unknown>, signal: Signal | null][] = [
  ['SessionStart', {source: 'startup'}, {type: 'ready', session: 's1', source: 'startup'}],
  ['SessionStart', {source: 'resume'}, {type: 'ready', session: 's1', source: 'resume'}],
  ['UserPromptSubmit', {prompt: 'You work on'}, {type: 'busy', tool: null, detail: ''}],
  [
    'PreToolUse',
    {tool_name: 'Bash', tool_input: {command: 'npm test', description: 'Run tests'}},
    {type: 'busy', tool: 'Bash', detail: 'npm test'},
  ],
  [
    'PreToolUse',
    {tool_name: 'Edit', tool_input: {file_path: '/w/a.ts', old_string: 'a'}},
    {type: 'busy', tool: 'Edit', detail: 'a.ts'},
  ],
  ['PreToolUse', {tool_name: 'mcp__docs__find', tool_input: {}}, {type: 'busy', tool: 'find', detail: ''}],
  ['PostToolUse', {tool_name: 'Bash'}, {type: 'unblocked'}],
  ['PostToolUseFailure', {tool_name: 'Bash', error: 'exit 1'}, {type: 'unblocked'}],
  ['PostToolBatch', {}, {type: 'unblocked'}],
  [
    'PermissionRequest',
    {tool_name: 'Bash', tool_input: {command: 'npm i x'}},
    {type: 'waiting', for: 'permission', tool: 'Bash', what: 'npm i x'},
  ],
  [
    'PermissionRequest',
    {tool_name: 'AskUserQuestion', tool_input: {questions: [{question: 'Which?'}, {question: 'How?'}]}},
    {type: 'waiting', for: 'question', tool: 'AskUserQuestion', what: 'Which? · How?'},
  ],
  [
    'Notification',
    {notification_type: 'permission_prompt', message: 'needs you'},
    {type: 'waiting', for: 'permission', tool: '', what: 'needs you'},
  ],
  ['Notification', {notification_type: 'idle_prompt'}, null],
  ['Stop', {stop_hook_active: false, background_tasks: []}, {type: 'turn-done', blocked: null, said: ''}],
  [
    'Stop',
    {stop_hook_active: true, last_assistant_message: 'I see.\n\nDone.'},
    {type: 'turn-done', blocked: null, said: 'Done.'},
  ],
  [
    'Stop',
    {last_assistant_message: 'I tried.\n\nBLOCKED: no database'},
    {type: 'turn-done', blocked: 'its agent says that it is blocked: no database', said: ''},
  ],
  [
    'Stop',
    {background_tasks: [{id: 1}], last_assistant_message: 'BLOCKED: no database'},
    {type: 'busy', tool: null, detail: 'works in the background'},
  ],
  ['Stop', {background_tasks: [{id: 1}]}, {type: 'busy', tool: null, detail: 'works in the background'}],
  ['StopFailure', {error: 'rate_limit'}, {type: 'turn-failed', error: 'rate_limit'}],
  [
    'StopFailure',
    {error: 'rate_limit', last_assistant_message: "You've hit your session limit · resets 8:31pm (Europe/Berlin)"},
    {type: 'limited', until: '8:31pm'},
  ],
  [
    'StopFailure',
    {error: 'rate_limit', error_details: 'Weekly limit reached, resets at Nov 26, 8pm.'},
    {type: 'limited', until: 'Nov 26, 8pm'},
  ],
  ['SessionEnd', {reason: 'prompt_input_exit'}, {type: 'ended', reason: 'prompt_input_exit'}],
  ['SubagentStop', {}, null],
  ['NeverHeardOf', {}, null],
]

describe('signalOf', () => {
  it.each(TABLE)('%s %j', (kind, body, signal) => {
    expect(signalOf({kind, body: {...common, hook_event_name: kind, ...body}})).toEqual(signal)
  })

  it('accepts any body without an error, and lets no control sequence through', () => {
    const kinds = [...new Set(TABLE.map(([kind]) => kind))]
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.anything(), fc.string(), (kind, junk, text) => {
        signalOf({kind, body: junk})
        const command = `\u001b]52;c;eA==\u0007${text}\r\n`
        const body = {tool_name: text, tool_input: {command}, background_tasks: junk, error: command, reason: junk}
        const said = Object.values(signalOf({kind, body}) ?? {}).join(' ')
        expect(said).not.toMatch(/[\x1b\x07\r\n]/)
      }),
    )
  })
})

const NEW_SESSION = '03e574b9-bfb2-483d-a8db-97c2e5756f27'

describe('reportOf', () => {
  it.each([
    ['SessionStart', {source: 'startup'}, {kind: 'ready'}],
    ['SessionStart', {source: 'compact'}, null],
    ['SessionStart', {source: 'clear', session_id: NEW_SESSION}, {kind: 'cleared', session: NEW_SESSION}],
    ['SessionStart', {source: 'clear', session_id: 'none'}, {kind: 'ready'}],
    [
      'StopFailure',
      {error: 'rate_limit', last_assistant_message: "You've hit your limit · resets 6:44pm (UTC)"},
      {kind: 'limited', until: '6:44pm'},
    ],
    [
      'PreToolUse',
      {cwd: '/w', tool_name: 'Edit', tool_input: {file_path: '/w/src/a.ts'}},
      {kind: 'busy', activity: 'Edit', detail: 'src/a.ts'},
    ],
    ['PostToolUse', {}, {kind: 'busy', activity: 'thinking', detail: ''}],
    [
      'PermissionRequest',
      {tool_name: 'Bash', tool_input: {command: 'npm i'}},
      {kind: 'asks', activity: 'asks', detail: 'Bash npm i'},
    ],
    ['Stop', {}, {kind: 'turnDone'}],
    ['Stop', {last_assistant_message: 'I looked.\n\nTea or coffee?'}, {kind: 'turnDone', said: 'Tea or coffee?'}],
    [
      'Stop',
      {last_assistant_message: 'BLOCKED: why'},
      {kind: 'turnDone', blocked: 'its agent says that it is blocked: why'},
    ],
    ['StopFailure', {error: 'server_error'}, {kind: 'failed', error: 'server_error'}],
    ['SessionEnd', {reason: 'other'}, null],
    ['Notification', {notification_type: 'idle_prompt'}, null],
  ])('%s %j', (kind, body, report) => {
    expect(reportOf({kind, body})).toEqual(report)
  })
})

it('a question is named by its words, and not by the tool that asks it', () => {
  const asked = (tool_name: string, tool_input: object) =>
    reportOf({kind: 'PermissionRequest', body: {hook_event_name: 'PermissionRequest', tool_name, tool_input}})
  expect(asked('AskUserQuestion', {questions: [{question: 'Which?'}]})).toMatchObject({kind: 'asks', detail: 'Which?'})
  expect(asked('AskUserQuestion', {})).toMatchObject({detail: 'AskUserQuestion'})
  expect(asked('Bash', {command: 'npm i x'})).toMatchObject({detail: 'Bash npm i x'})
})
