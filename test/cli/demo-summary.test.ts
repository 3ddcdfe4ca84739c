import {chmodSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {nextSteps, summaryOf} from '../../src/cli/demo/summary.ts'
import type {StoredEvent} from '../../src/model/data/event.ts'

const event = (at: number, message: string) => ({id: at, at, type: 'status_update', message}) as unknown as StoredEvent

it('sums up what landed, and what was worth seeing, in the order in which it happened', () => {
  const events = [
    event(9, 'bundle/20261129-143500-1 landed through #11: #1 #2 #5'),
    event(5, '#4 goes back to its agent: checks failed: test'),
    event(11, '#6 goes back to its agent: conflicts with main in src/routes.ts'),
    event(3, 'agent001 starts on #1'),
  ]
  expect(summaryOf({landed: 8, tickets: 8, cost: 0.421, ms: 58_000, events})).toBe(
    [
      "8 of 8 tickets landed on the demo's main in 58s for $0.42 of pretend money.",
      '  repair    #4 went back to its agent, which fixed it: checks failed: test',
      '  bundle    #1 #2 #5 went to main together, tested as one pull request, #11',
      '  conflict  #6 went back to its agent, which fixed it: conflicts with main in src/routes.ts',
      "The demo's processes have ended and its files are deleted.",
    ].join('\n'),
  )
  expect(summaryOf({landed: 0, tickets: 8, cost: null, ms: 900, events: []})).toContain('0 of 8 tickets landed')
})

it('names commands that work at this moment, whether the program is installed or not', async () => {
  await using folder = temporaryFolder('clambake-steps-')
  expect(nextSteps({PATH: folder.path})).toMatch(/^ {2}node \S+ doctor +shows what is missing/m)
  const program = join(folder.path, 'clambake')
  writeFileSync(program, '')
  chmodSync(program, 0o755)
  expect(nextSteps({PATH: `/nowhere:${folder.path}`})).toMatch(/^ {2}clambake doctor +shows/m)
})
