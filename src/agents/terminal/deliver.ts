import * as z from 'zod'
import {type Clock, sleep} from '../../base/clock.ts'
import {ClambakeError} from '../../base/errors.ts'
import {bracketedPaste, safeText} from '../../base/text.ts'
import type {PaneId} from '../../model/data/ids.ts'
import type {MailItem} from '../../model/data/pane.ts'
import type {HostGateway} from '../../model/gateways/host.ts'
import {holdsPrompt} from '../claude/input-line.ts'
import {eraseOwn, giveBack, lookAtLine, makeRoom, type Typing, typeLead} from '../claude/make-room.ts'
import {LEAD} from './lead.ts'

/** An Enter sent sooner after SessionStart is lost. */
const SETTLE_MS = 500
/** The client needs time to take in a paste; an Enter sent with it becomes part of it. */
const AFTER_PASTE_MS = 100
const ACKNOWLEDGE_MS = 2_000
const ENTER = '\r'
const ENTER_TRIES = 5
/** A client that takes longer to start most likely shows a dialog; one that is only slow is prompted later. */
const START_MS = 15_000
/** A first screen that has not changed for this long waits for input. */
const SETTLED_MS = 1000
const WORDLESS_MS = 3000
const LOOK_MS = 200

export type Terminal = Pick<HostGateway, 'panes' | 'write' | 'text' | 'mail' | 'onMail' | 'onPane'>

/**
 * Waits for the agent's SessionStart: `ready`, `exited` when its process ends first, `late` when neither happens in
 * time.
 */
export async function untilReady(host: Terminal, pane: PaneId, clock: Clock): Promise<'ready' | 'exited' | 'late'> {
  const isReady = async () => (await host.mail(0)).some(item => item.pane === pane && item.kind === 'SessionStart')
  const outcome = await waitFor<'ready' | 'exited'>(host, clock, START_MS, {
    async now() {
      if (await isReady()) return 'ready'
      const info = (await host.panes()).find(found => found.pane === pane)
      return info === undefined || info.exit !== null ? 'exited' : undefined
    },
    mail: item => (item.pane === pane && item.kind === 'SessionStart' ? 'ready' : undefined),
    pane: info => (info.pane === pane && info.exit !== null ? 'exited' : undefined),
  })
  return outcome ?? ((await isReady()) ? 'ready' : 'late')
}

/**
 * Waits until a program without signals has drawn its first screen, which its output shows; a program that never stops
 * drawing is not waited for long. `ready`, or `exited` when its process ends first.
 */
export async function untilSettled(
  host: Pick<HostGateway, 'output' | 'panes'>,
  pane: PaneId,
  {clock, atStart}: {clock: Clock; atStart: boolean},
): Promise<'ready' | 'exited'> {
  let last: number | undefined
  let since = clock.monotonic()
  const start = since
  for (;;) {
    const info = (await host.panes()).find(found => found.pane === pane)
    if (info === undefined || info.exit !== null) return 'exited'
    if (!atStart) return 'ready'
    const chars = (await host.output()).find(written => written.pane === pane)?.chars ?? 0
    const now = clock.monotonic()
    if (chars !== last) {
      last = chars
      since = now
    }
    // Some programs wait for input without printing anything.
    if (now - since >= (chars > 0 ? SETTLED_MS : WORDLESS_MS) || now - start >= START_MS) return 'ready'
    await sleep(LOOK_MS, clock)
  }
}

/**
 * Types our lead, pastes a prompt into a ready agent's terminal, and presses Enter until the agent reports this very
 * prompt (UserPromptSubmit). Throws `input-line-taken` and `prompt-not-taken`. An agent that ends meanwhile (`gone`) is no
 * failure: its pane reports the end.
 */
export async function deliverPrompt(options: {
  host: Terminal
  pane: PaneId
  text: string
  clock: Clock
  /** Whether the agent acknowledges prompts; others are assumed to have taken it. */
  acknowledged: boolean
  /** Whether the agent has the input line of Claude's client, which is emptied first. */
  line: boolean
  /** Adds to a prompt of Clambake that the client gave back, instead of replacing it. */
  adds?: boolean
}): Promise<'taken' | 'gone'> {
  const {host, pane, text, clock, acknowledged, line, adds = false} = options
  const typing: Typing = {host, pane, clock}
  const before = await host.mail(0)
  const started = before.findLast(item => item.pane === pane && item.kind === 'SessionStart')
  const age = started ? clock.now() - started.at : 0
  // A clock that was set back must not cause a long wait.
  if (age < SETTLE_MS) await sleep(Math.min(SETTLE_MS, SETTLE_MS - age), clock)
  const last = before.at(-1)?.seq ?? 0
  const isOurs = (item: MailItem) => item.pane === pane && isPrompt(item, text)

  const {draft} = line ? await typeLead(typing, {keepsOwn: adds}) : {draft: ''}
  await host.write(pane, line ? bracketedPaste(text) : LEAD + bracketedPaste(text))
  await sleep(AFTER_PASTE_MS, clock)
  for (let tries = 0; tries < ENTER_TRIES; tries++) {
    // Once the prompt is sent, the client brings the draft back, which is not to be sent.
    const isSent = tries > 0 && line && (await hasLeft(typing, draft))
    if (!isSent) await host.write(pane, ENTER)
    if (!acknowledged) return 'taken'
    const outcome = await waitFor<'taken' | 'gone'>(host, clock, ACKNOWLEDGE_MS, {
      now: async () => ((await host.mail(last)).some(isOurs) ? 'taken' : undefined),
      mail: item => (isOurs(item) ? 'taken' : undefined),
      pane: info => (info.pane === pane && info.exit !== null ? 'gone' : undefined),
    })
    if (outcome !== undefined) return outcome
  }
  if (line) {
    await eraseOwn(typing)
    await giveBack(typing, draft)
  }
  throw new ClambakeError({
    code: 'prompt-not-taken',
    message: `The agent in pane ${pane} did not take its prompt after ${ENTER_TRIES} tries`,
    kept: 'its process and its worktree',
    next: 'attach to it and see what it shows',
  })
}

const submitted = z.object({prompt: z.string().optional()}).catch({})

/** Whether a post says that this prompt was sent; a program that does not say what was sent is believed. */
function isPrompt({kind, body}: MailItem, text: string): boolean {
  if (kind !== 'UserPromptSubmit') return false
  const {prompt} = submitted.parse(body)
  return prompt === undefined || holdsPrompt(prompt, safeText(text))
}

/** Whether our prompt has left the input line, whatever stands there now. */
async function hasLeft(typing: Typing, draft: string): Promise<boolean> {
  const line = await lookAtLine(typing)
  return line !== null && (line.text === '' || line.text === draft)
}

/**
 * Types one of the client's own commands, like `/compact`, as a person does, into an empty input line; the client must
 * be waiting for input. Throws `input-line-taken`.
 */
export async function typeCommand(options: Typing & {command: string}): Promise<void> {
  const {host, pane, command, clock} = options
  await makeRoom(options)
  await host.write(pane, command)
  // The client first narrows its list of commands down to this one.
  await sleep(AFTER_PASTE_MS, clock)
  await host.write(pane, ENTER)
}

type Watch<T> = {
  /** The state now; asked after the listeners are in place, so that nothing is missed in between. */
  now(): Promise<T | undefined>
  mail(item: Parameters<Parameters<Terminal['onMail']>[0]>[0]): T | undefined
  pane(info: Parameters<Parameters<Terminal['onPane']>[0]>[0]): T | undefined
}

/** The first answer of a watch, or undefined after `timeoutMs`. */
async function waitFor<T>(host: Terminal, clock: Clock, timeoutMs: number, watch: Watch<T>): Promise<T | undefined> {
  const found = Promise.withResolvers<T | undefined>()
  const settle = (value: T | undefined) => {
    if (value !== undefined) found.resolve(value)
  }
  using _mail = host.onMail(item => settle(watch.mail(item)))
  using _pane = host.onPane(info => settle(watch.pane(info)))
  using _timer = clock.after(timeoutMs, () => found.resolve(undefined))
  settle(await watch.now())
  return await found.promise
}
