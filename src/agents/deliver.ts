import {type Clock, sleep} from '../base/clock.ts'
import {ClambakeError} from '../base/errors.ts'
import {bracketedPaste} from '../base/text.ts'
import type {PaneId} from '../model/data/ids.ts'
import type {HostGateway} from '../model/gateways/host.ts'

/** An Enter sent sooner after SessionStart is lost. */
const SETTLE_MS = 500
/** The client needs time to take in a paste; an Enter sent with it becomes part of it. */
const AFTER_PASTE_MS = 100
const ACKNOWLEDGE_MS = 2_000
const ENTER = '\r'
/**
 * Typed before the paste: the client marks a long paste as text from elsewhere, and its model follows it only when the
 * user's own words ask for that.
 */
export const LEAD = 'Please do what this says, by its rules: '
const ENTER_TRIES = 5
/** A client that takes longer to start most likely shows a dialog; one that is only slow is prompted later. */
const START_MS = 15_000
/** A first screen that has not changed for this long waits for input. */
const SETTLED_MS = 1000
const WORDLESS_MS = 3000
const LOOK_MS = 200

export type Terminal = Pick<HostGateway, 'panes' | 'write' | 'mail' | 'onMail' | 'onPane'>

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
 * Types our lead, pastes a prompt into a ready agent's terminal, and presses Enter until the agent acknowledges it
 * (UserPromptSubmit). Throws `prompt-not-taken`. An agent that ends meanwhile is no failure: its pane reports the end.
 */
export async function deliverPrompt(options: {
  host: Terminal
  pane: PaneId
  text: string
  clock: Clock
  /** Whether the agent acknowledges prompts; others are assumed to have taken it. */
  acknowledged: boolean
}): Promise<void> {
  const {host, pane, text, clock, acknowledged} = options
  const before = await host.mail(0)
  const started = before.findLast(item => item.pane === pane && item.kind === 'SessionStart')
  const age = started ? clock.now() - started.at : 0
  // A clock that was set back must not cause a long wait.
  if (age < SETTLE_MS) await sleep(Math.min(SETTLE_MS, SETTLE_MS - age), clock)
  const last = before.at(-1)?.seq ?? 0

  await host.write(pane, LEAD + bracketedPaste(text))
  await sleep(AFTER_PASTE_MS, clock)
  for (let tries = 0; tries < ENTER_TRIES; tries++) {
    await host.write(pane, ENTER)
    if (!acknowledged) return
    const outcome = await waitFor<'taken' | 'gone'>(host, clock, ACKNOWLEDGE_MS, {
      async now() {
        const news = await host.mail(last)
        return news.some(item => item.pane === pane && item.kind === 'UserPromptSubmit') ? 'taken' : undefined
      },
      mail: item => (item.pane === pane && item.kind === 'UserPromptSubmit' ? 'taken' : undefined),
      pane: info => (info.pane === pane && info.exit !== null ? 'gone' : undefined),
    })
    if (outcome !== undefined) return
  }
  throw new ClambakeError({
    code: 'prompt-not-taken',
    message: `The agent in pane ${pane} did not take its prompt after ${ENTER_TRIES} tries`,
    kept: 'its process, its worktree and the pasted text',
    next: 'attach to it and press Enter, or answer what it shows',
  })
}

/** Types one of the client's own commands, like `/compact`, as a person does; the client must be waiting for input. */
export async function typeCommand(options: {
  host: Pick<Terminal, 'write'>
  pane: PaneId
  command: string
  clock: Clock
}): Promise<void> {
  const {host, pane, command, clock} = options
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
