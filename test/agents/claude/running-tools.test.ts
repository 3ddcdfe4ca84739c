import {expect, it} from 'vitest'
import {createRunningTools} from '../../../src/agents/claude/running-tools.ts'

/** Reads posts in order and says what is shown after each. */
function shown(...posts: [kind: string, body: object][]): (string | null)[] {
  const tools = createRunningTools()
  return posts.map(([kind, body], index) => {
    const report = tools.take({seq: index + 1, pane: 'p', at: 0, kind, body, reply: false})
    return report && 'activity' in report
      ? [report.activity, report.detail].filter(Boolean).join(' ')
      : (report?.kind ?? null)
  })
}

const bash = (id: string, command: string, more = {}): [string, object] => [
  'PreToolUse',
  {tool_use_id: id, tool_name: 'Bash', tool_input: {command}, prompt_id: 'one', ...more},
]

it('neither the end of another tool nor a queued message hides the tool that runs', () => {
  expect(
    shown(
      bash('t1', 'sleep 60'),
      ['UserPromptSubmit', {prompt: 'and quickly', prompt_id: 'two'}],
      bash('t2', 'ls'),
      ['PostToolUse', {tool_use_id: 't2', prompt_id: 'one'}],
      ['PostToolUseFailure', {tool_use_id: 't1', prompt_id: 'one'}],
      ['PostToolBatch', {}],
    ),
  ).toEqual(['Bash sleep 60', 'Bash sleep 60', 'Bash ls', 'Bash sleep 60', 'thinking', 'thinking'])
})

it('tools that were interrupted are forgotten with the next turn, and those of a subagent with its own', () => {
  expect(
    shown(
      bash('t1', 'sleep 60'),
      bash('t2', 'ls', {prompt_id: 'two'}),
      ['PostToolUse', {tool_use_id: 't2'}],
      bash('t3', 'helping', {agent_id: 'helper'}),
      ['PostToolBatch', {}],
      ['PostToolBatch', {agent_id: 'helper'}],
      bash('t4', 'denied'),
      ['Stop', {}],
      ['UserPromptSubmit', {prompt: 'again'}],
    ),
  ).toEqual([
    'Bash sleep 60',
    'Bash ls',
    'thinking',
    'Bash helping',
    'Bash helping',
    'thinking',
    'Bash denied',
    'turnDone',
    'thinking',
  ])
})

it('reads what cannot be read as other posts are read', () => {
  expect(shown(['PreToolUse', [] as object], ['Notification', {}], ['UserPromptSubmit', {prompt: 7}])).toEqual([
    null,
    null,
    'thinking',
  ])
})

it('remembers only so many of an agent that posts beginnings without end', () => {
  const ids = Array.from({length: 1000}, (_, index) => `t${index}`)
  const ends = ids.slice(-200).map((id): [string, object] => ['PostToolUse', {tool_use_id: id, prompt_id: 'one'}])
  const said = shown(...ids.map(id => bash(id, id)), ...ends)
  expect([said.at(999), said.at(1000), said.at(-1)]).toEqual(['Bash t999', 'Bash t999', 'thinking'])
})
