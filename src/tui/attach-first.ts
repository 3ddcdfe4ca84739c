import type {ClientStore} from '../client/state/client-store.ts'
import {focusPane, toastAdded, zoomed} from '../client/state/update.ts'
import {type AgentId, shortAgent} from '../model/data/ids.ts'

/** How long the notice is shown: a person may look for the agent first. */
const NOTICE_MS = 15_000

/**
 * Gives an agent's terminal the keyboard and the whole body once the daemon has sent its agents; shows a notice if the
 * agent has no terminal. Its disposal ends the wait.
 */
export function attachFirst(store: ClientStore, agent: AgentId): Disposable {
  const unsubscribe = store.subscribe(({header, agents, now}) => {
    if (header === null) return
    unsubscribe()
    const pane = agents.find(row => row.agent === agent)?.pane
    if (pane != null) {
      store.apply(focusPane(pane, {attached: true}))
      store.apply(zoomed(true))
      return
    }
    const text = `${shortAgent(agent)} has no terminal now`
    const next = 'p claims an issue and starts an agent'
    store.apply(toastAdded({id: -1, level: 'warning', text, kept: null, next, until: now + NOTICE_MS}))
  })
  return {[Symbol.dispose]: unsubscribe}
}
