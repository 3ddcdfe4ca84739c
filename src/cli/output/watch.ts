import {clearScreenDown, cursorTo} from 'node:readline'
import type {DaemonState} from '../../protocol/daemon.ts'
import type {CommandContext, DaemonConnection} from '../context.ts'
import {untilInterrupted} from '../interrupted.ts'

/** How often the ages in the output are updated. */
const TICK_MS = 1000

/**
 * Shows the state now and after every change until Ctrl-C: in place on a terminal, one below the other elsewhere, as one
 * JSON object per line with `--json`.
 */
export async function watchState(
  daemon: DaemonConnection,
  first: DaemonState,
  {json, clock}: CommandContext,
  text: (state: DaemonState) => Promise<string>,
): Promise<void> {
  const {stdout} = process
  const inPlace = !json && stdout.isTTY === true
  let state = first
  let shown = ''
  const show = async () => {
    const drawn = state
    const now = json ? JSON.stringify(drawn) : await text(drawn)
    // A newer state is drawn by its own call.
    if (now === shown || drawn !== state) return
    if (inPlace) {
      cursorTo(stdout, 0, 0)
      clearScreenDown(stdout)
    } else if (!json && shown !== '') stdout.write('\n')
    stdout.write(`${now}\n`)
    shown = now
  }
  await show()
  using _changes = daemon.on('state', slices => {
    state = {...state, ...slices}
    void show()
  })
  let timer: Disposable | undefined
  const tick = () => {
    void show()
    timer = clock.after(TICK_MS, tick)
  }
  if (inPlace) timer = clock.after(TICK_MS, tick)
  await untilInterrupted(daemon.closed)
  timer?.[Symbol.dispose]()
}
