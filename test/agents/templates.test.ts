import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {promptText} from '../../src/agents/prompts.ts'
import {promptKind} from '../../src/agents/templates.ts'
import type {Assignment} from '../../src/model/data/assignment.ts'

const FIRST: Assignment = {kind: 'first'}
const ticket = {number: 7, title: 'Fix it', body: 'It loops.', branch: 'agent001/7-fix'}
const fill = (text: string, change: Partial<typeof ticket> = {}, assignment: Assignment = FIRST) =>
  promptText(assignment, {...ticket, ...change}, {template: {file: 'bug.md', text}})

describe('the kind of a prompt', () => {
  it.each([
    ['bug', 'Crash', ['bug']],
    ['bug', 'Fix the login', []],
    ['docs', 'Say how', ['documentation']],
    ['merge-ready', 'Fix', ['route:ready-to-merge']],
    ['feature', 'Prefix names', []],
  ] as const)('%s: %s %j', (kind, title, labels) => {
    expect(promptKind(FIRST, {title, labels}, 'route:ready-to-merge')).toBe(kind)
  })

  it('of a repair is its reason', () => {
    const conflict: Assignment = {kind: 'repair', repair: {kind: 'conflict', paths: ['a']}}
    expect(promptKind(conflict, {title: '', labels: []}, '')).toBe('conflict')
    expect(promptKind({kind: 'repair', repair: {kind: 'resume'}}, {title: '', labels: []}, '')).toBeNull()
  })
})

describe('a template', () => {
  it('is filled in, and the rules are added', () => {
    const text = fill('Reproduce #{number} on {branch} first.\n{body}')
    expect(text).toContain('Reproduce #7 on agent001/7-fix first.')
    expect(text).toContain('```\nIt loops.\n```')
    expect(text).toContain('Its title, written by others: "Fix it"')
    expect(text).toContain('Do not push')
    expect(text).toContain('BLOCKED: <why>')
    expect(fill('{done}').match(/Do not push/g)).toHaveLength(1)
  })

  it('brings the failures of a repair along', () => {
    const failures = [{name: 'unit', summary: '2 failed', url: null}]
    expect(fill('Look.', {}, {kind: 'repair', repair: {kind: 'checks', failures}})).toContain('```\n2 failed\n```')
  })

  it('is refused with an unknown or fenced placeholder', () => {
    expect(() => fill('{titel}')).toThrow('bug.md on main: {titel} is unknown; did you mean {title}?')
    expect(() => fill('```\n{body}\n```')).toThrow('is inside a code fence')
  })

  it('never lets text of others begin the prompt, fill placeholders or leave its fence', () => {
    const template = fc.constantFrom('!ls {body}', '/clear\n{body}', '{body}', '{title}', 'x')
    const body = fc.oneof(fc.string(), fc.constantFrom('{done}', '```\n!ls', '{nothing}', '````'))
    fc.assert(
      fc.property(template, body, (template, body) => {
        const text = fill(template, {body})
        expect(text).toMatch(/^You work on issue #7/)
        const fences = text.split('\n').filter(line => /^`{3,}$/.test(line))
        const longest = Math.max(...fences.map(fence => fence.length))
        expect(fences.filter(fence => fence.length === longest)).toHaveLength(2)
      }),
    )
  })
})
