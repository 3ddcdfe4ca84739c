import {describe, expect, it} from 'vitest'
import {type Diagnosed, diagnosedText} from '../../../src/cli/output/diagnosed.ts'

const AT = 1_000_000
const need: Diagnosed['needs'][number] = {
  issue: 4,
  agent: 'agent001',
  what: 'no check has reported',
  kept: 'its branch',
  next: 'clambake why 4',
  since: AT - 60_000,
}
const finding: Diagnosed['findings'][number] = {
  pattern: 'label-without-claim',
  subject: '#9',
  issue: 9,
  agent: null,
  what: 'it has the label agent001 and no claim',
  since: null,
  cure: {by: 'itself', will: 'the label is taken off'},
}

function lastLine(found: Partial<Diagnosed>): string | undefined {
  const nothing: Diagnosed = {findings: [], needs: [], unread: [], steps: [], dryRun: false}
  return diagnosedText({...nothing, ...found}, AT)
    .split('\n')
    .at(-1)
}

describe('what is diagnosed ends with a sum', () => {
  it('that counts what waits for a person beside the contradictions', () => {
    expect(lastLine({})).toBe('Nothing is stuck.')
    expect(lastLine({needs: [need]})).toBe('1 ticket or agent needs you')
    expect(lastLine({findings: [finding], needs: [need, need]})).toBe(
      '1 finding, 0 of them for you; 2 tickets or agents need you',
    )
    expect(lastLine({unread: ['the labels']})).toBe('1 place could not be read')
  })
})
