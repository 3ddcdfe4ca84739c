/**
 * The screen program between a daemon and a host in memory. The host's panes are programs that show what is typed into
 * them; the pane that is named `a`… shows its size first, so that a test sees whether it was told.
 * With an argument, that agent is attached from the start; with `fleet`, there are two repositories and a folder that
 * is none.
 */
import {systemClock} from '../../../src/base/clock.ts'
import {usageError} from '../../../src/base/errors.ts'
import {silentLog} from '../../../src/base/log.ts'
import type {RepositoryOptions} from '../../../src/client/fleet/fleet.ts'
import {createKeymap} from '../../../src/client/keys/keymap.ts'
import type {AgentId, PaneId} from '../../../src/model/data/ids.ts'
import type {DaemonState} from '../../../src/protocol/daemon.ts'
import type {ViewSpec} from '../../../src/protocol/host-api.ts'
import {openScreen} from '../../../src/tui/open-screen.ts'
import {splash} from '../../../src/tui/splash.ts'
import {daemonPeer, hostPeer} from '../../client/links.ts'
import {agent, header, shop, ticket} from '../../client/samples.ts'
import {NO_MODES, plainRuns} from '../fake-client.ts'

const {stdin, stdout} = process
const mode = splash(stdout, stdout.columns, stdout.rows)
const argument = process.argv[2]

function paneHost(): ReturnType<typeof hostPeer> {
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
    const shown = data.replaceAll(/[^ -~]/g, char => `<${char.charCodeAt(0).toString(16)}>`)
    typed.set(pane, (typed.get(pane) ?? '') + shown)
    draw(pane)
    return null
  }
  return host
}

const api: DaemonState = {
  ...shop,
  header: {...header, repository: 'acme/api'},
  agents: [agent(1, {pane: 'api-1', state: 'waiting', activity: 'asks', doing: 'Bash make', ticket: 7, title: 'Slow'})],
  tickets: [ticket({number: 7, title: 'Slow answers', phase: 'working', agent: 'agent001', attention: 'asks'})],
}

function repository(name: string, state: DaemonState): RepositoryOptions {
  return {name, daemon: daemonPeer(state).open, host: paneHost().open}
}

const nowhere: RepositoryOptions = {
  name: 'nowhere',
  daemon: async () => {
    throw usageError({code: 'not-a-repository', message: '/nowhere is not in a git repository', next: 'git init'})
  },
  host: paneHost().open,
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
  repositories: [repository('shop', shop), ...(argument === 'fleet' ? [repository('api', api), nowhere] : [])],
  ...(argument === undefined || argument === 'fleet' ? {} : {attachTo: argument as AgentId}),
})
process.exit(0)
