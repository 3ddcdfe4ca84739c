import {safeJson} from '../../base/text.ts'
import type {DaemonState} from '../../protocol/daemon.ts'
import type {CommandContext, DaemonConnection} from '../context.ts'
import {untilInterrupted} from '../interrupted.ts'
import {createRedraw} from './redraw.ts'

/** How often the ages in the output are updated. */
const TICK_MS = 1000

/** What a command shows of the daemon's state: the part that `--json` prints, and its text with ages at `now`. */
type Shown<T> = {part: (state: DaemonState) => T; text: (part: T, now: number) => string}

/**
 * Shows the state now and after every change until Ctrl-C: in place on a terminal, one block below the other elsewhere,
 * as one JSON object per line with `--json`. An age that grows is no change.
 */
export async function watchState<T>(
  daemon: Pick<DaemonConnection, 'on' | 'closed'>,
  first: DaemonState,
  {json, clock}: Pick<CommandContext, 'json' | 'clock'>,
  {part, text}: Shown<T>,
  stdout: Pick<typeof process.stdout, 'isTTY' | 'columns' | 'rows' | 'write'> = process.stdout,
): Promise<void> {
  const inPlace = !json && stdout.isTTY === true
  const redraw = createRedraw(stdout)
  const begun = clock.now()
  let state = first
  let last = ''
  function show(): void {
    const now = json ? safeJson(part(state)) : text(part(state), inPlace ? clock.now() : begun)
    if (now === last) return
    const isFirst = last === ''
    last = now
    if (inPlace) return redraw(now)
    const shown = json ? now : text(part(state), clock.now())
    stdout.write(`${json || isFirst ? '' : '\n'}${shown}\n`)
  }
  show()
  using _changes = daemon.on('state', slices => {
    state = {...state, ...slices}
    show()
  })
  let timer: Disposable | undefined
  const tick = () => {
    show()
    timer = clock.after(TICK_MS, tick)
  }
  if (inPlace) timer = clock.after(TICK_MS, tick)
  try {
    await untilInterrupted(daemon.closed)
  } finally {
    timer?.[Symbol.dispose]()
  }
}
