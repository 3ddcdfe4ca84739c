import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Assignment} from '../../src/model/data/assignment.ts'
import {THINK_LEVELS} from '../../src/model/data/think-level.ts'
import {thinkingFor} from '../../src/model/routing/thinking.ts'

const FIRST: Assignment = {kind: 'first'}
const CONFLICT: Assignment = {kind: 'repair', repair: {kind: 'conflict', paths: ['a']}}
const PLAIN = {title: 'Count words', body: 'Please.', labels: [] as string[]}

function level(change: Partial<typeof PLAIN>, assignment = FIRST) {
  return thinkingFor({asked: undefined, assignment, issue: {...PLAIN, ...change}, fallback: 'think'}).level
}

describe('how hard an agent thinks', () => {
  it('is what the configuration says where nothing speaks for more', () => {
    expect(thinkingFor({asked: undefined, assignment: FIRST, issue: PLAIN, fallback: 'hard'})).toEqual({
      level: 'hard',
      reason: 'agents.think_level',
    })
  })

  it('follows the task', () => {
    expect(level({}, CONFLICT)).toBe('harder')
    expect(level({title: 'System-wide rename'}, CONFLICT)).toBe('ultra')
    expect(level({labels: ['architecture']})).toBe('harder')
    expect(level({body: 'Integration with Slack'})).toBe('hard')
    expect(level({body: 'Depends on #1 and #2'})).toBe('hard')
    expect(level({body: 'Depends on #1'})).toBe('think')
    expect(level({body: '<!-- system-wide -->'})).toBe('think')
  })

  it('says the rule that chose', () => {
    const issue = {...PLAIN, title: 'The architecture of it'}
    expect(thinkingFor({asked: undefined, assignment: FIRST, issue, fallback: 'think'}).reason).toBe(
      'its text says "architecture"',
    )
  })

  it('obeys a person before a label, and a label before all else', () => {
    const one = fc.constantFrom(...THINK_LEVELS)
    const asked = fc.option(one, {nil: undefined})
    const assignment = fc.constantFrom(FIRST, CONFLICT)
    fc.assert(
      fc.property(asked, fc.array(one), one, fc.string(), assignment, (asked, labels, fallback, body, assignment) => {
        const issue = {title: 'architecture', body, labels: labels.map(label => `think:${label}`)}
        const {level} = thinkingFor({asked, assignment, issue, fallback})
        const deepest = THINK_LEVELS.findLast(known => labels.includes(known))
        if (asked ?? deepest) expect(level).toBe(asked ?? deepest)
        else expect(THINK_LEVELS.indexOf(level)).toBeGreaterThanOrEqual(THINK_LEVELS.indexOf('harder'))
      }),
    )
  })
})
