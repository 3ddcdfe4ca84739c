import {type Clock, poll, sleep} from '../../base/clock.ts'
import {ClambakeError} from '../../base/errors.ts'
import type {PaneId} from '../../model/data/ids.ts'
import type {HostGateway} from '../../model/gateways/host.ts'
import {LEAD} from '../terminal/lead.ts'
import {endsInLead, type InputLine, inputLineOf, isFree, isOwn, leadsIn} from './input-line.ts'

/** More lines than an input line and what is around it take. */
const LOOK_LINES = 60
const LOOK_MS = 50
/** How long the input line may be hidden: the client draws it a moment after its start or after a dialog. */
const HIDDEN_MS = 5000
/** A draft that has not changed for so long is not being typed. */
const STILL_MS = 2000
/** How long a person who types is waited for; the prompt comes later then. */
const TYPING_MS = 10_000
/** The client draws what was typed within this time, also while it starts. */
const ECHO_MS = 3000
const TRIES = 3

/** Puts the draft aside, or brings it back into an empty line. */
const STASH = '\x13'
const ERASE_LINE = '\x15'
const BACKSPACE = '\x7f'

export type Typing = {host: Pick<HostGateway, 'write' | 'text'>; pane: PaneId; clock: Clock}

/** The pane's input line now; null: its client shows something else. */
export async function lookAtLine({host, pane}: Pick<Typing, 'host' | 'pane'>): Promise<InputLine | null> {
  return inputLineOf(await host.text(pane, LOOK_LINES))
}

/**
 * Types our lead into the pane's empty input line, and sees that nothing else stands in it. What a person left there is
 * put aside by the client's own key first; the client gives it back when the prompt is sent. A prompt of Clambake that
 * the client gave back after Esc stays, if `keepsOwn`. Throws `input-line-taken`, with the line as it was.
 */
export async function typeLead(typing: Typing, {keepsOwn}: {keepsOwn: boolean}): Promise<{draft: string}> {
  const {host, pane} = typing
  let draft = ''
  for (let tries = 0; tries < TRIES; tries++) {
    let line = await stillLine(typing)
    if (isOwn(line) && !keepsOwn) {
      await host.write(pane, ERASE_LINE)
      line = (await seen(typing, ({text}) => text === '')) ?? line
    } else if (!isFree(line) && !line.stashed) {
      const before = line.text
      line = await putAside(typing, line)
      if (line.stashed) draft = before
    }
    const before = line.text
    await host.write(pane, LEAD)
    const leads = leadsIn(line)
    const typed = await seen(typing, now => leadsIn(now) > leads)
    if (typed && endsInLead(typed, isOwn(line) ? before : '')) return {draft}
    // Taking back what is not there yet would eat the draft.
    if (!typed) break
    await host.write(pane, BACKSPACE.repeat(LEAD.length))
    await seen(typing, now => leadsIn(now) <= leads)
  }
  await giveBack(typing, draft)
  throw taken(pane, 'its input line holds a draft that cannot be put aside')
}

/** Empties the pane's input line as `typeLead` does. Throws `input-line-taken`. */
export async function makeRoom(typing: Typing): Promise<void> {
  await typeLead(typing, {keepsOwn: false})
  await typing.host.write(typing.pane, BACKSPACE.repeat(LEAD.length))
  if (!(await seen(typing, line => leadsIn(line) === 0)))
    throw taken(typing.pane, 'its input line could not be emptied')
}

/** Brings the draft that was put aside back, if no prompt was sent. */
export async function giveBack(typing: Typing, draft: string): Promise<void> {
  const line = draft === '' ? null : await lookAtLine(typing)
  if (line?.text === '' && line.stashed) await typing.host.write(typing.pane, STASH)
}

/** Erases our own prompt, which was not taken, line by line. */
export async function eraseOwn(typing: Typing): Promise<void> {
  const own = await lookAtLine(typing)
  if (!own || leadsIn(own) === 0) return
  for (let left = LOOK_LINES; left > 0; left--) {
    const line = await lookAtLine(typing)
    if (!line || line.text === '') return
    await typing.host.write(typing.pane, ERASE_LINE + BACKSPACE)
    await sleep(LOOK_MS, typing.clock)
  }
}

/** The input line once it is shown and nobody types in it. */
async function stillLine(typing: Typing): Promise<InputLine> {
  const {pane, clock} = typing
  const first = await poll(async () => (await lookAtLine(typing)) ?? undefined, {
    everyMs: LOOK_MS,
    timeoutMs: HIDDEN_MS,
    clock,
  })
  if (!first) throw taken(pane, 'its client shows something other than its input line')
  let line = first
  let since = clock.monotonic()
  const still = await poll(
    async () => {
      const now = await lookAtLine(typing)
      if (now && isFree(now)) return now
      if (now?.text !== line.text || now.shell !== line.shell) {
        line = now ?? line
        since = clock.monotonic()
      }
      return clock.monotonic() - since >= STILL_MS ? line : undefined
    },
    {everyMs: LOOK_MS, timeoutMs: TYPING_MS, clock},
  )
  if (!still) throw taken(pane, 'a person is typing in its input line')
  return still
}

/** Puts a draft aside; the line as it is after that. */
async function putAside(typing: Typing, line: InputLine): Promise<InputLine> {
  const {host, pane} = typing
  if (line.text !== '') {
    await host.write(pane, STASH)
    const empty = await seen(typing, isFree, 1000)
    if (empty) return empty
  }
  // Shell mode without a command.
  if (line.shell && line.text === '') {
    await host.write(pane, BACKSPACE)
    return (await seen(typing, isFree, 1000)) ?? line
  }
  // It may be a hint of the client, which goes away with the first letter.
  return line
}

async function seen(
  typing: Typing,
  isWanted: (line: InputLine) => boolean,
  timeoutMs = ECHO_MS,
): Promise<InputLine | undefined> {
  const probe = async () => {
    const line = await lookAtLine(typing)
    return line && isWanted(line) ? line : undefined
  }
  return await poll(probe, {everyMs: LOOK_MS, timeoutMs, clock: typing.clock})
}

function taken(pane: PaneId, why: string): ClambakeError {
  return new ClambakeError({
    code: 'input-line-taken',
    message: `The agent in pane ${pane} was not prompted: ${why}`,
    kept: 'the text in its input line, and the prompt, which waits',
    next: 'attach to it and send or clear what it holds, or answer what it shows',
  })
}
