import type {Clock} from '../base/clock.ts'
import {ClambakeError} from '../base/errors.ts'
import type {HostApi, HostTopics, ViewId} from '../protocol/host-api.ts'
import {agentRefused, type Caller} from '../rpc/caller.ts'
import type {Handlers, Peer} from '../rpc/peer.ts'
import {endLeftBehind, findLeftBehind} from '../terminal/left-behind.ts'
import type {Mailbox} from './mailbox.ts'
import type {Panes} from './panes.ts'
import {parseParams} from './params.ts'
import type {Supervisor} from './supervisor.ts'

/** How long agents get to end by themselves when the host ends. */
const SHUTDOWN_GRACE_MS = 5000

type HostHandlers = Handlers<HostApi, HostTopics>
type HostPeer = Peer<HostTopics>

/** Creates the host's methods. `end` is called after a `host.shutdown` was answered. */
export function hostHandlers(options: {
  panes: Panes
  mailbox: Mailbox
  supervisor: Supervisor
  clock: Clock
  end: () => void
}): HostHandlers {
  const {panes, mailbox, supervisor, clock, end} = options
  const views = new Map<ViewId, {pane: string; peer: HostPeer}>()

  const closeView = (id: ViewId) => {
    const view = views.get(id)
    if (!view) return
    views.delete(id)
    if (panes.has(view.pane)) panes.terminal(view.pane).closeView(id)
  }

  const viewOf = (id: ViewId, peer: HostPeer, pane: string) => {
    const present = views.get(id)
    if (present && (present.peer !== peer || present.pane !== pane)) closeView(id)
    const view = panes.terminal(pane).view(id, frame => peer.send('frame', frame))
    if (!views.has(id)) {
      views.set(id, {pane, peer})
      peer.gone.addEventListener('abort', () => views.get(id)?.peer === peer && closeView(id), {once: true})
    }
    return view
  }

  const handlers: HostHandlers = {
    'pane.spawn': async spec => {
      panes.checkFree(spec)
      return await panes.spawn(spec, mailbox.register(spec.pane))
    },
    'pane.list': () => panes.list(),
    'pane.output': () => panes.list().map(({pane}) => ({pane, chars: panes.terminal(pane).written})),
    'pane.note'({pane, meta}) {
      panes.note(pane, meta)
      return null
    },
    'pane.write'({pane, data}) {
      panes.terminal(pane).write(data)
      return null
    },
    'pane.resize'({pane, cols, rows}) {
      panes.resize(pane, cols, rows)
      return null
    },
    async 'pane.stop'({pane, graceMs}) {
      await panes.stop(pane, graceMs)
      return null
    },
    async 'pane.close'({pane}) {
      await panes.close(pane)
      mailbox.forget(pane)
      return null
    },
    'pane.text': ({pane, lines}) => panes.terminal(pane).text(lines),
    'left.list': place => findLeftBehind(place),
    'left.end': async place => await endLeftBehind({...place, clock}),
    'view.open'({view: id, pane, cols, rows, offset, own}, {peer}) {
      if (own) panes.resize(pane, cols, rows)
      viewOf(id, peer, pane).show({cols, rows, offset})
      return null
    },
    'view.ack'({view: id, seq}, {peer}) {
      const view = views.get(id)
      if (view?.peer === peer && panes.has(view.pane)) viewOf(id, peer, view.pane).ack(seq)
      return null
    },
    'view.close'({view: id}, {peer}) {
      if (views.get(id)?.peer === peer) closeView(id)
      return null
    },
    'mail.read': ({after}) => mailbox.read(after),
    'mail.answer'({seq, body}) {
      mailbox.answer(seq, body)
      return null
    },
    'daemon.supervise': program => supervisor.supervise(program),
    'daemon.release'() {
      supervisor.release()
      return null
    },
    async 'host.shutdown'({force}) {
      if (panes.running > 0 && !force) throw panesRunning(panes.running)
      supervisor.release()
      const stopped = await panes.stopAll(SHUTDOWN_GRACE_MS)
      // The answer is sent first.
      setImmediate(end)
      return {stopped}
    },
  }
  return checked(handlers)
}

/** Checks who calls, and the parameters, before a handler sees them. An agent's way to us is its mailbox. */
function checked(handlers: HostHandlers): HostHandlers {
  const entries = Object.entries(handlers).map(([method, handler]) => [
    method,
    (params: unknown, context: {caller: Caller}) => {
      if (context.caller.kind !== 'person') throw agentRefused(method)
      return (handler as (params: unknown, context: unknown) => unknown)(
        parseParams(method as keyof HostApi, params),
        context,
      )
    },
  ])
  return Object.fromEntries(entries) as HostHandlers
}

function panesRunning(count: number): ClambakeError {
  return new ClambakeError({
    code: 'panes-running',
    message: `${count} ${count === 1 ? 'program runs' : 'programs run'} in this terminal host`,
    kept: 'they keep running',
    next: 'stop them first, or ask with force',
  })
}
