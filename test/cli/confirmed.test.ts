import {describe, expect, it} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import {COMMANDS} from '../../src/cli/commands/index.ts'
import {createProgram} from '../../src/cli/run.ts'
import {runLine} from './command-line.ts'

const CURES = [
  {do: 'safe one', safe: true},
  {do: 'removes a claim', safe: false},
]
const findings = CURES.map(({do: will, safe}) => ({
  pattern: will,
  subject: '#7',
  issue: 7,
  claim: 'acme/shop#7 2026-11-29T12:00:00Z',
  agent: null,
  what: 'contradicts itself',
  since: null,
  cure: {by: 'command', will, safe, next: 'clambake agents recover agent001', treatment: {}},
}))

/** Runs a command line; `yes` is the person's answer, null: there is no terminal. */
async function clambake(line: string, yes: boolean | null) {
  const calls: string[] = []
  const daemon = {
    async call(method: string, {pattern}: {pattern?: string}) {
      calls.push([method, pattern].filter(Boolean).join(' '))
      if (method === 'diagnose') return {findings, needs: [], unread: []}
      if (method === 'state') return {agents: []}
      return {agent: 'agent001', ticket: 7, fill: null, done: 'done'}
    },
  }
  return {...(await runLine(line, {daemon, yes})), calls}
}

describe('context clear', () => {
  it.each([
    ['a yes', true, '', ['context', 'clear']],
    ['--yes without a terminal', null, ' --yes', ['clear']],
  ])('forgets the conversation after %s', async (_, yes, option, calls) => {
    expect((await clambake(`context a1 clear${option}`, yes)).calls).toEqual(calls)
  })

  it.each([
    ['after a no', false],
    ['without a terminal', null],
  ])('forgets nothing %s, and says how', async (_, yes) => {
    const {calls, failure} = await clambake('context a1 clear', yes)
    expect(calls).toEqual(['context'])
    expect(failure).toMatchObject({code: 'not-confirmed', exitCode: 1, next: expect.stringContaining('clear --yes')})
  })

  it('compact asks nothing', async () => {
    expect((await clambake('context a1 compact', null)).calls).toEqual(['compact'])
  })
})

describe('agents recover', () => {
  const cured = (calls: readonly string[]) => calls.filter(call => call.startsWith('cure'))

  it('does what is safe without a terminal, and names the rest with what does it', async () => {
    const {calls, out, exit} = await clambake('agents recover a1', null)
    expect(cured(calls)).toEqual(['cure safe one'])
    expect(out).toContain('it was not confirmed: --yes does it without asking')
    expect(exit).toBe(1)
  })

  it('says what each cure does before it asks, and does all after a yes', async () => {
    const {calls, said} = await clambake('agents recover a1', true)
    expect(said.join('\n')).toContain('removes a claim')
    expect(cured(calls)).toEqual(['cure safe one', 'cure removes a claim'])
    expect(cured((await clambake('agents recover a1 --yes', null)).calls)).toHaveLength(2)
  })
})

/** A line of each command that asks, and the call that changes something; null: no daemon does it, and it has a test of its own. */
const LINES: Readonly<Record<string, {line: string; call: string} | null>> = {
  'agents stop': {line: 'agents stop --all', call: 'stopAgent'},
  'agents reset': {line: 'agents reset --all', call: 'reset'},
  'agents recover': {line: 'agents recover a1', call: 'cure'},
  context: {line: 'context a1 clear', call: 'clear'},
  cleanup: {line: 'cleanup', call: 'cleanUp'},
  undo: {line: 'undo', call: 'undo'},
  recover: {line: 'recover --pattern *', call: 'recover'},
  sync: {line: 'sync --strategy github-wins', call: 'sync'},
  init: null,
  'setup-claude': null,
  'trust-clone': null,
}
const asked = Object.entries(LINES).flatMap(([, row]) => (row === null ? [] : [[row.line, row.call] as const]))

const MEANT = {ticket: 7, claim: 'acme/shop#7 2026-11-29T12:00:00Z'}

/** Answers of a daemon that has something to do for every line. */
const ANSWERS: Readonly<Record<string, object>> = {
  state: {agents: [{agent: 'agent001', ...MEANT, title: 'Write the parser'}]},
  context: {agent: 'agent001', ...MEANT, fill: null},
  diagnose: {findings: findings.slice(1), needs: [], unread: []},
  reset: {agent: 'agent001', ...MEANT, steps: ['release #7'], saved: null, isReady: true},
  cleanupPlan: {plan: [{what: 'branch', name: 'seven', bytes: 0, reason: 'on main'}], objectBytes: 0},
  undo: {what: 'archived seven', at: '2026-11-29T12:00:00Z', by: 'ada', done: []},
  orphans: [{kind: 'branch', name: 'seven', issue: 7, proposal: 'archive', why: 'on main', commits: 1, landed: null}],
  mismatches: [
    {
      ticket: 7,
      title: 'Write the parser',
      part: 'label',
      wanted: 'x',
      found: 'y',
      choice: 'github',
      act: 'release',
      claim: MEANT.claim,
    },
  ],
  sync: {rows: [], fresh: [], told: [], compared: 1},
}

async function changesOf(line: string, how: {yes: boolean | Error | null; json?: boolean}) {
  const changes: string[] = []
  const params: object[] = []
  const daemon = {
    async call(method: string, given: {dryRun?: boolean} = {}) {
      if (given.dryRun !== true && asked.some(([, call]) => call === method)) {
        changes.push(method)
        params.push(given)
      }
      return ANSWERS[method] ?? {done: 'done', kept: [], saved: null, agent: 'agent001', ticket: 7, fill: null}
    },
    on: () => ({[Symbol.dispose]() {}}),
  }
  return {...(await runLine(line, {daemon, ...how})), changes, params}
}

describe('a command that removes, stops or rewrites much', () => {
  it('is known as such, takes --yes, and no other command does', () => {
    const asks = COMMANDS.filter(({does}) => does === 'asks').map(({name}) => name)
    expect(Object.keys(LINES).toSorted()).toEqual(asks.toSorted())
    const taking = COMMANDS.map(({name}) => name).filter(name => {
      const command = name
        .split(' ')
        .reduce((at, word) => at.commands.find(sub => sub.name() === word)!, createProgram())
      return command.options.some(({long}) => long === '--yes')
    })
    // A changed clone is accepted by a person in a terminal only.
    expect(taking.toSorted()).toEqual(asks.filter(name => name !== 'trust-clone').toSorted())
  })

  it.each(asked)('%s does nothing without a yes, and says how', async line => {
    for (const how of [{yes: false}, {yes: null}, {yes: true, json: true}]) {
      const {changes, out, exit, failure, said} = await changesOf(line, {...how, yes: how.json ? null : how.yes})
      expect(changes, JSON.stringify(how)).toEqual([])
      expect(failure === null ? exit : failure).toEqual(
        failure === null ? 1 : expect.objectContaining({code: 'not-confirmed'}),
      )
      const words = [out, ...said, failure?.message, (failure as {next?: string} | null)?.next].join('\n')
      // For a script the result or the error says it, in fields.
      if (how.json) continue
      expect(words, JSON.stringify(how)).toContain('--yes')
      expect(words).toMatch(/#7|seven|agent001/)
    }
  })

  it.each(asked)('%s does nothing at Ctrl-C, and ends with 130', async line => {
    const interrupted = new ClambakeError({code: 'interrupted', message: 'The question was not answered'})
    const {changes, failure} = await changesOf(line, {yes: interrupted})
    expect({changes, failure}).toMatchObject({changes: [], failure: {code: 'interrupted', exitCode: 130}})
  })

  it.each(asked)('%s does it after a yes, and with --yes without a terminal', async (line, call) => {
    expect((await changesOf(line, {yes: true})).changes).toEqual([call])
    expect((await changesOf(`${line} --yes`, {yes: null})).changes).toEqual([call])
  })

  it('names the claim that was shown, so that no later one of the agent is hit', async () => {
    expect((await changesOf('agents stop --all', {yes: true})).params).toEqual([{agent: 'agent001', meant: MEANT}])
    expect((await changesOf('sync --strategy github-wins', {yes: true})).params).toMatchObject([
      {shown: [{...MEANT, part: 'label', found: 'y', act: 'release'}]},
    ])
    expect((await changesOf('agents recover a1', {yes: true})).params).toMatchObject([
      {subject: '#7', shown: {treatment: {}, claim: MEANT.claim}},
    ])
    expect((await changesOf('undo', {yes: true})).params).toEqual([{at: '2026-11-29T12:00:00Z'}])
    expect((await changesOf('agents reset a1', {yes: true})).params).toMatchObject([{agent: 'agent001', meant: MEANT}])
    expect((await changesOf('context a1 clear', {yes: true})).params).toEqual([{agent: 'agent001', meant: MEANT}])
  })

  it('acts at once on what its line names', async () => {
    expect((await changesOf('agents stop a1', {yes: null})).changes).toEqual(['stopAgent'])
    expect((await changesOf('recover seven --action archive', {yes: null})).changes).toEqual(['recover'])
    expect((await changesOf('recover seven', {yes: null})).changes).toEqual([])
    expect((await changesOf('sync', {yes: null})).changes).toEqual(['sync'])
  })
})
