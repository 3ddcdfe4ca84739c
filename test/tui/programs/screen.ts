/**
 * The screen program between a daemon and a host in memory. The host's panes are programs that show what is typed into
 * them; the pane that is named `a`… shows its size first, so that a test sees whether it was told.
 * With an argument, that agent is attached from the start.
 */
import {systemClock} from '../../../src/base/clock.ts'
import {silentLog} from '../../../src/base/log.ts'
import {createKeymap} from '../../../src/client/keymap.ts'
import type {PaneId} from '../../../src/model/gateways.ts'
import type {AgentId} from '../../../src/model/ids.ts'
import type {ViewSpec} from '../../../src/protocol/host.ts'
import {openScreen} from '../../../src/tui/main.ts'
import {splash} from '../../../src/tui/splash.ts'
import {daemonPeer, hostPeer} from '../../client/links.ts'
import {shop} from '../../client/samples.ts'
import {NO_MODES, plainRuns} from '../fake-client.ts'

const {stdin, stdout} = process
const mode = splash(stdout, stdout.columns, stdout.rows)
const attachTo = process.argv[2] as AgentId | undefined

const typed = new Map<PaneId, string>()
const views = new Map<PaneId, ViewSpec>()
const host = hostPeer()
let seq = 0

function draw(pane: PaneId): void {
  const spec = views.get(pane)
  if (!spec) return
  const {view, cols, rows, offset} = spec
  const lines = [`${pane} is ${cols}x${rows}`, `> ${typed.get(pane) ?? ''}`]
  host.tell('frame', {
    view,
    seq: ++seq,
    full: true,
    cols,
    rows,
    runs: plainRuns(...lines),
    cursor: {row: 1, col: lines[1]!.length, shape: 'block'},
    modes: NO_MODES,
    scrollback: 0,
    offset,
  })
}

host.answers['view.open'] = spec => {
  views.set(spec.pane, spec)
  queueMicrotask(() => draw(spec.pane))
  return null
}
host.answers['pane.write'] = ({pane, data}) => {
  typed.set(pane, (typed.get(pane) ?? '') + data.replaceAll(/[^ -~]/g, char => `<${char.charCodeAt(0).toString(16)}>`))
  draw(pane)
  return null
}

await openScreen({
  stdin,
  stdout,
  env: process.env,
  clock: systemClock,
  log: silentLog,
  mode,
  name: 'test',
  keymap: createKeymap(),
  daemon: daemonPeer(shop).open,
  host: host.open,
  ...(attachTo === undefined ? {} : {attachTo}),
})
process.exit(0)
