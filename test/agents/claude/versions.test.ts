import {expect, it} from 'vitest'
import {clientStanding, NEWEST_CLIENT, OLDEST_CLIENT, PINNED_CLIENT} from '../../../src/agents/claude/versions.ts'

it.each([
  [`${PINNED_CLIENT} (Claude Code)`, 'tried'],
  [OLDEST_CLIENT, 'tried'],
  [NEWEST_CLIENT, 'tried'],
  ['2.1.330 (Claude Code)', 'between'],
  ['2.1.328', 'older'],
  ['2.1.301', 'older'],
  ['2.1.300', 'unsafe'],
  ['2.1.51', 'unsafe'],
  ['2.1.50', 'refusing'],
  ['2.1', 'refusing'],
  ['1.0.128 (Claude Code)', 'refusing'],
  ['2.2.0', 'newer'],
  ['3.0', 'newer'],
  ['Claude Code', null],
])('the table knows of %s: %s', (text, standing) => {
  expect(clientStanding(text)).toBe(standing)
})
