import {expect, it} from 'vitest'
import {refusedLines} from '../../src/cli/commands/route.ts'
import {onceText} from '../../src/cli/once/report.ts'
import {putOff, refusal} from '../../src/cli/output/land.ts'
import type {PassReport} from '../../src/protocol/daemon.ts'

/** A title or a reason with words of others: it retitles the terminal, clears it, and begins a line. */
const HOSTILE = 'Fix\u001b]0;owned\u0007\u001b[2J\n✓ all landed'

const row = {ticket: 7, claim: null, title: HOSTILE, reason: HOSTILE}
const report: PassReport = {
  ...{merged: [], lost: [], halted: HOSTILE, agents: 1, apiCalls: 1, durationMs: 1},
  skipped: [{number: 7, reason: HOSTILE}],
  needsHuman: [{number: 8, reason: HOSTILE}],
}

it.each([
  ['what is put off', () => putOff({again: [row], putOff: [row]}), 2],
  ['what did not land', () => refusal({ticket: 7, reason: HOSTILE, gate: []}), 1],
  ['the report of a pass', () => onceText(report).split('\n').slice(2, 5), 3],
  ['what was not claimed', () => refusedLines([{ticket: 7, reason: HOSTILE}]), 1],
])('%s is a line each, without control characters, whatever titles and reasons hold', async (_, lines, count) => {
  const found = await lines()
  expect(found).toHaveLength(count)
  expect(found.join('')).not.toMatch(/\p{Cc}/u)
  for (const line of found) expect(line).toContain('all landed')
})
