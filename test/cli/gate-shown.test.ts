import {afterAll, beforeAll, expect, it} from 'vitest'
import {AGENT} from '../../src/client/detail/agent.ts'
import {ISSUE} from '../../src/client/detail/issue.ts'
import {PULL} from '../../src/client/detail/pull.ts'
import {landLayout} from '../../src/client/dialogs/land.ts'
import {type Line, lineWidth} from '../../src/client/text/line.ts'
import {GATE_RULES} from '../../src/model/landing/gate/answer.ts'
import {type MemoryWorld, memoryWorld} from '../daemon/memory.ts'
import {runLine} from './command-line.ts'

// What a person reads of the merge gate: the same lines in `why`, in `land` and on the screen.

const WIDE = 200
const RULE = new RegExp(`^[✓✗◆◐] (?:${GATE_RULES.join('|')}) `)

let world: MemoryWorld
let daemon: Awaited<ReturnType<MemoryWorld['start']>>
/** The lines of `land` for the ticket that it could not land. */
let landed: string

beforeAll(async () => {
  world = memoryWorld({integration: {ci_timeout: 0}})
  world.github.openIssue(1)
  // Nothing checks it, so a person has to say that it may land.
  world.github.verdicts.set('*', 'none')
  daemon = await world.start()
  await daemon.api.pop({issue: 1})
  await world.until(() => daemon.state().header.aboard === 1, 'it is bottled')
  landed = await printed('land')
})
afterAll(() => daemon[Symbol.dispose]())

/** Runs a command of the command line against the daemon, and returns what it prints. */
async function printed(...line: string[]): Promise<string> {
  const connection = {
    call: async (method: 'why', params: {subject: string}) => daemon.api[method](params),
    closed: new Promise<void>(() => {}),
    on(_: 'state', listener: (state: ReturnType<typeof daemon.state>) => void) {
      const timer = setInterval(() => listener(daemon.state()), 5)
      return {[Symbol.dispose]: () => clearInterval(timer)}
    },
  }
  const {out, failure} = await runLine(line, {daemon: connection, yes: true})
  if (failure) throw failure
  return out
}

/** The gate's lines in a text. */
function rulesIn(text: string | readonly Line[]): string[] {
  const lines =
    typeof text === 'string' ? text.split('\n') : text.map(line => line.map(segment => segment.text).join(''))
  return lines.map(line => line.trim()).filter(line => RULE.test(line))
}

it('is the same, rule by rule, in why, in land and on the screen', async () => {
  const found = rulesIn(await printed('why', '1'))
  expect(found).toHaveLength(GATE_RULES.length)
  expect(found).toContain('✓ state            open')
  expect(found.find(line => line.startsWith('◆ checks'))).toMatch(
    /^◆ checks {11}needs you: no check has reported and nothing .*integration\.allow_no_checks = true/,
  )
  const plan = await daemon.api.landPlan({})
  const places = {
    land: landed,
    'land --dry-run': await printed('land', '--dry-run'),
    'land, with nothing bottled': await printed('land'),
    'why of the pull request': await printed('why', '101'),
    issue: ISSUE.lines({kind: 'issue', issue: await daemon.api.issue({number: 1}), row: null, why: []}, WIDE),
    'pull request': PULL.lines({kind: 'pull', pull: await daemon.api.pull({number: 101}), row: null}, WIDE),
    'the dialog that lands': landLayout({only: null, edit: null}, plan, {width: WIDE, height: 50}).lines,
  }
  for (const [place, text] of Object.entries(places)) expect(rulesIn(text), place).toEqual(found)
  expect(landed).toContain('#1 did not land: no check has reported')
})

it('wraps in its own column on a screen of 80 columns', async () => {
  const {gate, ...why} = {...(await daemon.api.why({subject: '1'})), facts: []}
  const lines = AGENT.lines({kind: 'agent', why: {...why, gate}, messages: [], history: []}, 74)
  expect(Math.max(...lines.map(lineWidth))).toBeLessThanOrEqual(74)
  const texts = lines.map(line => line.map(({text}) => text).join(''))
  const at = texts.findIndex(text => text.startsWith('◆ checks'))
  expect(texts[at + 1]).toMatch(/^ {19}\S/)
})
