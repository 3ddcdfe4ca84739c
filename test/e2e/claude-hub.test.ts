import {join} from 'node:path'
import {describe, expect, it, vi} from 'vitest'
import {type ClaudeApi, startClaudeApi} from '../../fixtures/claude/api.ts'
import {claudeClient} from '../../fixtures/claude/client.ts'
import {type MessagesRequest, promptsOf, standingOf} from '../../fixtures/claude/conversation.ts'
import type {ModelMoment} from '../../fixtures/claude/script.ts'
import {systemClock} from '../../src/base/clock.ts'
import {textOrNull} from '../../src/base/files.ts'
import {run} from '../../src/base/run.ts'
import {openDirectHub} from '../../src/hub/direct.ts'
import {hookPaths, placePaths} from '../../src/hub/hooks/folder.ts'
import {CUPS, openClaudePlay, say, use} from './claude-play.ts'
import {signalIfAlive} from './processes.ts'
import {type Play, PROGRAM} from './stage.ts'

const client = claudeClient()
const PATIENCE = {timeout: 60_000, interval: 50}

const tool = (name: string, input: Record<string, unknown>) => use(`mcp__clambake__${name}`, input)
const docker = (what: string) => use('Bash', {command: `docker ${what}`, description: 'Look at docker'})
const REQUEST = 'Do you count the saucers too?'
const LEARNED = 'Cups are counted by the dozen, never one by one'

/** The newest conversation about an issue: what was said to the model, and what its tools answered. */
function conversationOf({requests}: ClaudeApi, issue: number): {prompts: string[]; results: string[]} {
  const found = requests.findLast(({conversation}) => conversation && standingOf(conversation).issue === issue)
  const conversation = found?.conversation ?? null
  return conversation
    ? {prompts: promptsOf(conversation), results: resultsOf(conversation)}
    : {prompts: [], results: []}
}

function resultsOf({messages}: MessagesRequest): string[] {
  return messages.flatMap(({content}) =>
    typeof content === 'string'
      ? []
      : content.filter(({type}) => type === 'tool_result').map(one => JSON.stringify(one)),
  )
}

/** A session that a person started, with the hooks in the person's settings and the tools as the set-up names them. */
function startPeer(play: Play, path: string, prompt: string) {
  const servers = {clambake: {command: process.execPath, args: [PROGRAM, 'mcp']}}
  return run(path, {
    args: [
      ...['-p', prompt, '--permission-mode', 'acceptEdits', '--allowedTools', 'mcp__clambake__*'],
      ...['--mcp-config', JSON.stringify({mcpServers: servers})],
    ],
    cwd: play.checkout,
    env: play.env,
    timeoutMs: 120_000,
  })
}

/** Ends the process that watches the hub for hooks: it stays for a while after the last session. */
function endOfWatcher(info: string): Disposable {
  return {
    [Symbol.dispose]() {
      const {pid} = JSON.parse(textOrNull(info) ?? '{}') as {pid?: number}
      if (pid !== undefined) signalIfAlive(pid, 'SIGTERM')
    },
  }
}

/** A moment that others wait for. */
function gate() {
  const {promise, resolve} = Promise.withResolvers<void>()
  return {passed: promise, open: resolve}
}

describe.skipIf('missing' in client)(`two true clients${'missing' in client ? `: ${client.missing}` : ''}`, () => {
  it('hold each other off, free each other, and hear and know what the other says', {
    timeout: 180_000,
    retry: 1,
  }, async () => {
    const [refused, freed, began] = [gate(), gate(), gate()]
    await using api = await startClaudeApi({
      1: [[tool('my_ticket', {}), docker('ps'), docker('images'), say('I looked at it.')], [say('No saucers.')]],
      2: [
        [
          tool('remember', {text: LEARNED, type: 'gotcha'}),
          tool('send', {to: '@all', text: 'I restart the database', resource: 'docker', minutes: 10}),
          tool('send', {to: '@all', text: REQUEST, kind: 'request'}),
          tool('send', {to: '@all', text: 'it runs again', kind: 'done', answers: 1}),
          tool('inbox', {}),
          say('Thank you.'),
        ],
      ],
    })
    await using play = await openClaudePlay(api, {issues: [CUPS], commands: {allow: ['Bash(docker *)']}})
    const state = play.env.CLAMBAKE_STATE_DIR!
    const place = {kind: 'file', file: join(state, 'hub.db')} as const
    using _watcher = endOfWatcher(placePaths(hookPaths(state), place).info)
    await using hub = openDirectHub({place, clock: systemClock})
    expect(await play.command(['setup-claude', '--hub', '--yes'])).toMatchObject({exitCode: 0})

    const isUse = (moment: ModelMoment, issue: number, name: string, said: object) =>
      moment.issue === issue && moment.is === 'using' && moment.tool === name && matches(moment.input, said)
    api.watch(async moment => {
      // The agent was refused, and tries again once the other is done.
      if (isUse(moment, 1, 'Bash', {command: 'docker images'})) {
        refused.open()
        await freed.passed
      }
      if (moment.issue === 1 && moment.turn === 1) began.open()
      // The peer writes while the agent is busy, and looks when a turn of the agent began with it.
      if (isUse(moment, 2, 'mcp__clambake__send', {kind: 'request'})) await refused.passed
      if (isUse(moment, 2, 'mcp__clambake__inbox', {})) {
        freed.open()
        await began.passed
        const isBegun = async () => (await hub.receipts([2])).some(({begunAt}) => begunAt !== null)
        await vi.waitFor(async () => expect(await isBegun()).toBe(true), PATIENCE)
      }
    })

    const path = 'missing' in client ? '' : client.path
    const peer = startPeer(play, path, 'Please do issue #2 by hand.')
    await vi.waitFor(async () => expect(await hub.blockers()).toHaveLength(1), PATIENCE)
    const [blocker] = await hub.blockers()
    await play.popped(1)
    await peer

    const agent = conversationOf(api, 1)
    expect(agent.prompts[0]).toContain(`> ${LEARNED}`)
    expect(agent.prompts[1]).toContain(`> ${REQUEST}`)
    const [ticket, first, second] = agent.results
    expect(ticket).toContain('You work on issue #1')
    expect(first).toContain(`docker is held by ${blocker?.instance}`)
    expect(second).not.toContain('is held by')
    expect(conversationOf(api, 2).results.at(-1)).toMatch(/message 2, request to @all.*read by 1 of 1/)
    // The hooks of the client and its server spoke for one session, which has left.
    const sessions = (await hub.seen()).map(({peer: {id}}) => id)
    expect(sessions).toEqual([expect.stringMatching(/^agent001@/)])
    expect((await hub.logged({instance: blocker!.instance!, limit: 9})).map(({action}) => action)).toContain('started')
  })
})

function matches(input: Readonly<Record<string, unknown>>, said: object): boolean {
  return Object.entries(said).every(([key, value]) => input[key] === value)
}
