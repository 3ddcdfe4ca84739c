import {request} from 'node:http'
import fc from 'fast-check'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {editOf} from '../../src/agents/claude/edits.ts'
import {authorOf, beginningOf, requestOf} from '../../src/agents/claude/requests.ts'
import {reportOf, signalOf, signalWords} from '../../src/agents/claude/signals.ts'
import {createUsageCounter, toolDecisions} from '../../src/agents/claude/usage.ts'
import {systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {Mailbox} from '../../src/host/mailbox.ts'
import type {MailItem} from '../../src/model/data/pane.ts'
import {createFrameDecoder, encodeFrame} from '../../src/rpc/frames.ts'
import {faultIn, fuzz} from './run.ts'
import {oddText} from './texts.ts'

const KINDS = ['SessionStart', 'PreToolUse', 'PermissionRequest', 'Notification', 'Stop', 'StopFailure', 'SessionEnd']
const FIELDS = [
  ...[
    'session_id',
    'tool_name',
    'tool_input',
    'file_path',
    'tool_use_id',
    'cwd',
    'message',
    'error',
    'agent_id',
    'source',
    'reason',
  ],
  ...[
    'notification_type',
    'background_tasks',
    'permission_suggestions',
    'last_assistant_message',
    '__proto__',
    'questions',
  ],
  ...['resourceLogs', 'resourceMetrics', 'scopeLogs', 'logRecords', 'attributes', 'key', 'value', 'sum', 'dataPoints'],
]
const nested = fc
  .record({levels: fc.constantFrom(3, 33, 99, 101, 500, 50_000), open: fc.constantFrom('[', '{"a":')})
  .map(({levels, open}) => `${open.repeat(levels)}1${(open === '[' ? ']' : '}').repeat(levels)}`)
const value = fc.oneof(
  fc.json({maxDepth: 5}),
  nested,
  oddText.map(text => JSON.stringify(text)),
  fc.constant('1e999'),
)
const body = fc.oneof(
  fc
    .array(fc.tuple(fc.constantFrom(...FIELDS), value), {maxLength: 6})
    .map(fields => `{${fields.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`),
  value,
  oddText,
)
const path = fc.oneof(
  fc.constantFrom(...KINDS.map(kind => `/mail/${kind}`), '/mail/v1/logs', '/mail/v1/metrics', '/mail/__proto__'),
  fc.constantFrom('//', '/mail/', '/mail/a?reply=2', '/mail/%00', '*', '/mail/Stop?%'),
)

let mailbox: Mailbox
let address: {url: string; token: string}
beforeAll(async () => {
  mailbox = await Mailbox.open({log: silentLog, clock: systemClock, onMail() {}})
})
afterAll(async () => await mailbox[Symbol.asyncDispose]())

function post(given: {path: string; body: string}): Promise<number> {
  const {port} = new URL(address.url)
  return new Promise((resolve, reject) => {
    const headers = {authorization: `Bearer ${address.token}`}
    const sent = request({port, host: '127.0.0.1', method: 'POST', path: given.path, headers}, response => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    sent.on('error', reject)
    sent.end(given.body)
  })
}

it('any post is answered, and leaves mail that crosses a socket and says only safe words', async () => {
  await fuzz(fc.record({path, body}), 250, async given => {
    address = mailbox.register('pane-1')
    expect(await post(given)).toBeLessThan(500)
    const mail = mailbox.read(0)
    let got: unknown
    createFrameDecoder(received => {
      got = received
    })(encodeFrame({kind: 'result', id: 1, result: mail}))
    expect((got as {result: MailItem[]}).result).toHaveLength(mail.length)
    for (const item of mail) readAll({...item, reply: true})
    mailbox.forget('pane-1')
  })
})

/** Reads a post in every way in which the daemon does. */
function readAll(item: MailItem): void {
  const signal = signalOf(item)
  const report = reportOf(item)
  const asked = requestOf(item)
  authorOf(item)
  beginningOf(item)
  const edit = editOf(item, '/w/7')
  if (edit && /^\.\.|^\//.test(edit.path)) throw new Error(`an edit outside of the worktree: ${edit.path}`)
  toolDecisions(item)
  createUsageCounter().take(item)
  const said = [signal && signalWords(signal), report && Object.values(report), asked?.what, asked?.asks.tool]
  for (const text of said.flat()) if (typeof text === 'string') expect(faultIn(text)).toBeNull()
  expect(faultIn(asked?.asks.input ?? '')).toBeNull()
}
