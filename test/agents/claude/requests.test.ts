import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {choicesFit, permissionAnswer, requestOf} from '../../../src/agents/claude/requests.ts'
import {storable} from '../../../src/host/storable.ts'

const SUGGESTION = {
  type: 'addRules',
  rules: [{toolName: 'Bash', ruleContent: 'npm install:*'}],
  behavior: 'allow',
  destination: 'localSettings',
}
const QUESTIONS = {
  questions: [
    {question: 'Which door?', header: 'Door', options: [{label: 'Red', description: 'warm'}, {label: 'Blue'}]},
    {question: 'Which cups?', header: 'Cups', multiSelect: true, options: [{label: 'A'}, {label: 'B'}, {label: 'C'}]},
  ],
}

function mailOf(body: unknown, change: {reply?: boolean; kind?: string} = {}) {
  return {seq: 7, pane: 'p1', at: 5, kind: 'PermissionRequest', body, reply: true, ...change}
}
const asked = (body: unknown) => requestOf(mailOf(body))!
const hook = (decision: object) => ({hookSpecificOutput: {hookEventName: 'PermissionRequest', decision}})

describe('requestOf', () => {
  it('shows the whole input, one field after the other, and what always would allow', () => {
    const {asks} = asked({
      cwd: '/w/issue-1',
      tool_name: 'Bash',
      tool_input: {command: 'npm install\ndescription: harmless', description: 'Install', timeout: 5},
      permission_suggestions: [SUGGESTION, {type: 'setMode', mode: 'bypassPermissions', destination: 'session'}],
    })
    expect(asks).toEqual({
      id: 7,
      kind: 'permission',
      tool: 'Bash',
      input: 'command:\n  npm install\n  description: harmless\ndescription: Install\ntimeout: 5',
      directory: '/w/issue-1',
      since: 5,
      rule: 'Bash(npm install:*)',
      questions: [],
    })
  })

  it('shows an input that is no record, or that the host kept as text, and tells its call from others', () => {
    const of = (command: string) =>
      asked(
        storable(JSON.parse(`{"tool_name": "Bash", "tool_input": {"command": "${command}", "__proto__": 1}}`)).value,
      )
    expect(of('rm -rf /').asks.input).toBe('input: {"command":"rm -rf /","__proto__":1}')
    expect(of('rm -rf /').call).not.toBe(of('ls').call)
    expect(asked({tool_name: 'Bash', tool_input: ['rm -rf /']}).asks.input).toContain('rm -rf /')
    expect(asked({tool_name: 'Bash'}).asks.input).toBe('')
  })

  it('is null when no one waits for its answer, and for any other post', () => {
    expect(requestOf(mailOf({tool_name: 'Bash'}, {reply: false}))).toBeNull()
    expect(requestOf(mailOf({tool_name: 'Bash'}, {kind: 'PreToolUse'}))).toBeNull()
  })

  it('knows a question by its options; without them it can only be let through', () => {
    const tool_name = 'AskUserQuestion'
    expect(asked({tool_name, tool_input: QUESTIONS}).asks).toMatchObject({
      kind: 'question',
      questions: [
        {question: 'Which door?', multiSelect: false, options: [{label: 'Red', description: 'warm'}, {label: 'Blue'}]},
        {multiSelect: true},
      ],
    })
    expect(asked({tool_name, tool_input: {questions: [{question: 'Which?'}]}}).asks.kind).toBe('permission')
  })

  it('is the same call only with the same tool, input and folder, however the keys are ordered', () => {
    const call = (body: object) => asked({tool_name: 'Bash', cwd: '/w', ...body}).call
    const input = {command: 'x', options: {a: 1, b: 2}}
    expect(call({tool_input: input})).toBe(call({tool_input: {options: {b: 2, a: 1}, command: 'x'}}))
    expect(call({tool_input: input})).not.toBe(call({tool_input: {...input, command: 'x '}}))
    expect(call({tool_input: input})).not.toBe(call({tool_input: input, cwd: '/'}))
    expect(call({tool_input: input})).not.toBe(call({tool_input: input, tool_name: 'Bash2'}))
  })

  it('says how much of a long input is not shown', () => {
    const {input} = asked({tool_name: 'Write', tool_input: {content: 'x'.repeat(20_000)}}).asks
    expect(input).toMatch(/… and \d+ more characters that are not shown here$/)
    expect(input.length).toBeLessThan(17_000)
  })

  it('writes control characters out instead of hiding what is between them', () => {
    const {input} = asked({tool_name: 'Bash', tool_input: {command: 'ls \u001b]0;rm -rf x\u0007\r'}}).asks
    expect(input).toBe('command: ls \\x1b]0;rm -rf x\\x07\\x0d')
  })

  it('writes out characters that are not seen, and leaves those that emoji are joined by', () => {
    const command = 'ls \u3164a\u200db\u{e0141} 👩\u200d👧'
    const {input} = asked({tool_name: 'Bash', tool_input: {command}}).asks
    expect(input).toBe('command: ls <U+3164>a<U+200D>b<U+E0141> 👩\u200d👧')
  })

  it('accepts any body, and lets no control sequence through', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (junk, text) => {
        requestOf(mailOf(junk))
        const evil = `\u001b]52;c;eA==\u0007${text}\r\u202e`
        const body = {tool_name: evil, cwd: evil, tool_input: {[evil]: evil, questions: junk, deep: [evil]}}
        const {asks} = asked({...body, permission_suggestions: [junk, {...SUGGESTION, rules: [{toolName: evil}]}]})
        expect(Object.values(asks).join('\n')).not.toMatch(/[\u001b\u0007\r\u202e]/)
      }),
    )
  })
})

describe('permissionAnswer', () => {
  it('has the format of the client', () => {
    const request = asked({tool_name: 'Bash', tool_input: {}, permission_suggestions: [SUGGESTION]})
    expect(permissionAnswer({kind: 'allow'}, request)).toEqual(hook({behavior: 'allow'}))
    expect(permissionAnswer({kind: 'deny', message: 'not now'})).toEqual(hook({behavior: 'deny', message: 'not now'}))
    expect(permissionAnswer({kind: 'deny'})).toEqual(hook({behavior: 'deny'}))
    expect(permissionAnswer({kind: 'always'}, request)).toEqual(
      hook({behavior: 'allow', updatedPermissions: [{...SUGGESTION, destination: 'session'}]}),
    )
    expect(permissionAnswer({kind: 'always'}, asked({tool_name: 'Bash'}))).toEqual(hook({behavior: 'allow'}))
  })

  it('answers questions by the labels of the chosen options', () => {
    const request = asked({tool_name: 'AskUserQuestion', tool_input: QUESTIONS})
    expect(permissionAnswer({kind: 'choose', choices: [[2], [1, 3]]}, request)).toEqual(
      hook({
        behavior: 'allow',
        updatedInput: {...QUESTIONS, answers: {'Which door?': 'Blue', 'Which cups?': 'A, C'}},
      }),
    )
  })

  it.each([
    [[[2], [1, 3]], true],
    [[[2]], false],
    [[[1, 2], [1]], false],
    [[[3], [1]], false],
    [[[1], []], false],
    [[[0], [1]], false],
    [[], false],
  ])('%j fits: %s', (choices, fits) => {
    expect(choicesFit(asked({tool_name: 'AskUserQuestion', tool_input: QUESTIONS}).asks.questions, choices)).toBe(fits)
  })
})
