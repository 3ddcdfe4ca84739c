import {needsPerson, panesOf} from '../panes/panes.ts'
import type {Update} from '../state/client-store.ts'
import type {Need} from '../state/fleet.ts'
import type {ClientState} from '../state/state.ts'
import {focusPane, focusPanel, selectIssue} from '../state/update.ts'

/** `repository`: its place among the tabs; 0 where there is only one. */
export type RepositoryNeed = {repository: number; item: Need}

/** What needs a person in one repository: agents that wait, in the order of their slots, then issues that none of them holds. */
export function needsOf({agents, tickets}: Pick<ClientState, 'agents' | 'tickets'>): Need[] {
  const waiting = panesOf(agents).filter(needsPerson)
  const held = new Set(waiting.map(row => row.ticket))
  return [
    ...waiting.map(
      ({pane, agent, ticket, title, activity, doing, since}): Need => ({
        focus: {place: 'pane', pane, attached: false},
        issue: ticket,
        agent,
        title,
        what: `${activity} ${doing}`.trim(),
        since,
      }),
    ),
    // All of them, as what a filter hides needs a person too.
    ...tickets
      .filter(row => row.attention !== null && !held.has(row.number))
      .map(
        ({number, agent, title, attention, since}): Need => ({
          focus: {place: 'panel', panel: 'issues'},
          issue: number,
          agent,
          title,
          what: attention ?? '',
          since,
        }),
      ),
  ]
}

/** What needs a person in all repositories, in the order of the tabs. */
export function allNeeds(state: ClientState): RepositoryNeed[] {
  const {fleet} = state
  const shown = fleet?.shown ?? 0
  const all = fleet?.repositories.map(({needs}) => needs) ?? [[]]
  // The state on the screen is newer than its row in the tabs.
  return all.flatMap((items, repository) =>
    (repository === shown ? needsOf(state) : items).map(item => ({repository, item})),
  )
}

/**
 * The place after the one that has the focus: the rest of the shown repository first, then the next ones, and around.
 * undefined: nothing needs a person.
 */
export function nextNeed(state: ClientState): RepositoryNeed | undefined {
  const places = allNeeds(state)
  const shown = state.fleet?.shown ?? 0
  const here = places.findIndex(({repository, item}) => repository === shown && hasFocus(state, item))
  if (here >= 0) return places[(here + 1) % places.length]
  return places.find(({repository}) => repository >= shown) ?? places[0]
}

/** Gives a place the focus; in a list its row is selected too. */
export function focusNeed({focus, issue}: Need): Update {
  return state => {
    const selected = issue === null ? state : selectIssue(issue)(state)
    return (focus.place === 'pane' ? focusPane(focus.pane, {attached: false}) : focusPanel(focus.panel))(selected)
  }
}

function hasFocus({ui}: ClientState, {focus, issue}: Need): boolean {
  if (focus.place === 'pane') return ui.focus.place === 'pane' && ui.focus.pane === focus.pane
  return ui.focus.place === 'panel' && ui.focus.panel === focus.panel && ui.selection.issues.key === `#${issue}`
}
