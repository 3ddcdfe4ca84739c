import {describe, expect, it} from 'vitest'
import {logLine, newLines} from '../../../src/cli/output/log-lines.ts'

describe('a line of the log', () => {
  it('is time, level, message and fields, without control characters', () => {
    const line = {
      level: 'warn',
      time: '2026-11-29T10:00:00.000Z',
      pid: 7,
      branch: 'a/b',
      why: 'two words',
      msg: 'push failed',
    }
    expect(logLine(JSON.stringify(line))).toBe('2026-11-29T10:00:00.000Z warn  push failed branch=a/b why="two words"')
    expect(logLine('{"msg": "half')).toBe('{"msg": "half')
    expect(logLine('\u001B[2Jno JSON')).not.toContain('\u001B')
  })

  it('is new once, also after the log was emptied', () => {
    expect(newLines(['a'], ['a', 'b'])).toEqual(['b'])
    expect(newLines(['a', 'b'], ['a', 'b'])).toEqual([])
    expect(newLines(['a', 'b'], ['c'])).toEqual(['c'])
    expect(newLines(['a', 'b'], [])).toEqual([])
    expect(newLines([], ['a'])).toEqual(['a'])
  })
})
