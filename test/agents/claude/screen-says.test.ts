import {expect, it} from 'vitest'
import {type InputLine, inputLineOf} from '../../../src/agents/claude/input-line.ts'
import {screenSays} from '../../../src/agents/claude/screen-says.ts'
import {LEAD} from '../../../src/agents/terminal/lead.ts'
import type {AgentState} from '../../../src/model/agent/agent.ts'

const RULE = '─'.repeat(100)
const screen = (line: string[], hints: string[] = [], above = '   ◐ medium · /effort') =>
  ['● Two.', '', above, RULE, ...line, RULE, ...hints].join('\n')
const EMPTY: InputLine = {text: '', shell: false, stashed: false, busy: false, limit: null}

it('reads the input line of the client, as version 2.1.329 draws it', () => {
  expect(inputLineOf(screen(['❯  '], ['  ⏵⏵ accept edits on (shift+tab to cycle) · ← for agents']))).toEqual(EMPTY)
  expect(inputLineOf(screen(['❯ one', '  two'], ['  paste again to expand']))).toEqual({...EMPTY, text: 'one\ntwo'})
  expect(inputLineOf(screen(['! ls'], ['  ! for shell mode']))).toEqual({...EMPTY, text: 'ls', shell: true})
  expect(inputLineOf(screen(['❯ '], [], '  ◐ medium · /effort · draft stashed'))).toEqual({...EMPTY, stashed: true})
  expect(inputLineOf(screen(['❯ Press up to edit queued messages'], ['  accept · esc to interrupt · x']))).toEqual({
    ...EMPTY,
    busy: true,
  })
  const older = ['  › Stashed (auto-restores after submit)', '  ? for shortcuts']
  expect(inputLineOf(screen(['> one'], older))).toEqual({...EMPTY, text: 'one', stashed: true})
  const limited = [
    '  ⚠ Usage limit reached',
    '    Continuing automatically at 10:32am · Esc to cancel',
    '  ⏵⏵ accept edits',
  ]
  expect(inputLineOf(screen(['❯ '], limited))?.limit).toBe('10:32am')
  expect(inputLineOf(screen(['❯ '], ['    Continuing shortly · Esc to cancel']))?.limit).toBe('now')
})

it('takes no dialog for an input line', () => {
  const permission = [RULE, ' Bash command', '', ' node -e 5', '', ' Do you want to proceed?', ' ❯ 1. Yes', '   2. No']
  const plan = ['▔'.repeat(100), '', `  ${RULE.slice(4)}`, '   Exit plan mode?', '', '    ❯ 1. Yes', '      2. No']
  const choice = ['▔'.repeat(100), '  What do you want to do?', '', '  ❯ 1. Stop and wait', '', '  Enter to confirm']
  for (const dialog of [permission, plan, choice, ['']]) expect(inputLineOf(dialog.join('\n'))).toBeNull()
})

const agent = (value: AgentState['value'], context: Partial<AgentState['context']>): AgentState => ({
  value,
  context: {agent: 'agent001', ticket: 1, pane: 'p', activity: '', doing: '', waitsFor: null, since: 0, ...context},
})
const BUSY = {...EMPTY, busy: true}
const LIMITED = {...EMPTY, limit: '9:00am'}

it.each<[string, AgentState, InputLine | null, object | null]>([
  ['an interrupted turn', agent('working', {activity: 'thinking'}), EMPTY, {kind: 'silent'}],
  ['a turn', agent('working', {activity: 'thinking'}), BUSY, null],
  ['a dialog in a turn', agent('working', {activity: 'Bash'}), null, null],
  ['a prompt under way', agent('working', {activity: 'reading'}), EMPTY, null],
  ['tasks in the background', agent('working', {activity: 'thinking', doing: 'works in the background'}), EMPTY, null],
  ['a request', agent('waiting', {waitsFor: 'answer', activity: 'asks'}), null, null],
  [
    'a request that was refused there',
    agent('waiting', {waitsFor: 'answer', activity: 'asks'}),
    EMPTY,
    {kind: 'silent'},
  ],
  ['a request that was allowed there', agent('waiting', {waitsFor: 'answer', activity: 'asks'}), BUSY, {kind: 'busy'}],
  ['a limit', agent('waiting', {waitsFor: 'limit'}), LIMITED, null],
  ['a limit that nobody waits for', agent('waiting', {waitsFor: 'limit'}), EMPTY, {kind: 'silent'}],
  ['a limit that asks what to do', agent('waiting', {waitsFor: 'limit'}), null, {kind: 'asks'}],
  [
    'a limit that is waited for again',
    agent('waiting', {waitsFor: 'prompt'}),
    LIMITED,
    {kind: 'limited', until: '9:00am'},
  ],
  ['a failed turn', agent('waiting', {waitsFor: 'prompt', activity: 'server_error'}), EMPTY, null],
  [
    'a line that is free',
    agent('waiting', {waitsFor: 'prompt', activity: 'input line in use'}),
    EMPTY,
    {kind: 'lineFree'},
  ],
  ['a dialog over it', agent('waiting', {waitsFor: 'start', activity: 'input line in use'}), null, null],
  [
    'two drafts',
    agent('waiting', {waitsFor: 'start', activity: 'input line in use'}),
    {...EMPTY, text: 'a', stashed: true},
    null,
  ],
  [
    'our own prompt',
    agent('waiting', {waitsFor: 'prompt', activity: 'input line in use'}),
    {...EMPTY, text: LEAD},
    null,
  ],
  ['a free slot', agent('available', {}), EMPTY, null],
])('says of %s what no hook says', (_, state, line, report) => {
  const said = screenSays(state, line)
  if (report === null) expect(said).toBeNull()
  else expect(said).toMatchObject(report)
})
