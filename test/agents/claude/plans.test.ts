import {expect, it} from 'vitest'
import {planAfter} from '../../../src/agents/claude/plans.ts'
import {permissionAnswer, requestOf, withPlan} from '../../../src/agents/claude/requests.ts'

const FILE = '/home/ada/.claude/plans/count-the-cups.md'
const pre = (tool: string, input: object) => ({
  kind: 'PreToolUse',
  body: {tool_name: tool, tool_input: {file_path: FILE, ...input}},
})
const asks = (input: object) =>
  requestOf({
    ...{seq: 3, pane: 'p', at: 0, kind: 'PermissionRequest', reply: true},
    body: {tool_name: 'ExitPlanMode', tool_input: input, cwd: '/w'},
  })!

it('a plan is known from the calls that write it', () => {
  const written = planAfter(pre('Write', {content: '1. brew\n2. pour'}), undefined)
  const edited = planAfter(pre('Edit', {old_string: 'pour', new_string: 'pour $& twice'}), written)
  expect(edited).toBe('1. brew\n2. pour $& twice')
  expect(planAfter(pre('Write', {file_path: '/w/docs/a.md', content: 'no plan'}), edited)).toBe(edited)
  expect(planAfter({kind: 'PostToolUse', body: pre('Write', {content: 'x'}).body}, edited)).toBe(edited)
  expect(withPlan(asks({}), edited).asks.input).toBe('plan:\n  1. brew\n  2. pour $& twice')
  expect(withPlan(asks({}), undefined).asks.input).toBe('plan: its text is only in its terminal')
  expect(withPlan(asks({plan: 'from the client'}), edited).asks.input).toBe('plan: from the client')
})

it('a yes to a plan brings its input back, and a yes to another tool does not', () => {
  const decision = (request: ReturnType<typeof asks>) => permissionAnswer({kind: 'allow'}, request)
  expect(decision(asks({plan: 'x'}))).toMatchObject({
    hookSpecificOutput: {decision: {behavior: 'allow', updatedInput: {plan: 'x'}}},
  })
  expect(decision(withPlan(asks({}), 'shown only'))).toMatchObject({hookSpecificOutput: {decision: {updatedInput: {}}}})
  expect(decision({...asks({}), tool: 'Bash'})).toEqual({
    hookSpecificOutput: {hookEventName: 'PermissionRequest', decision: {behavior: 'allow'}},
  })
})
