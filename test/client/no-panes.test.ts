import {describe, expect, it} from 'vitest'
import {emptyIssues} from '../../components/panels/empty.ts'
import {setupChecks} from '../../src/client/dialogs/setup-checks.ts'
import {createKeymap} from '../../src/client/keys/keymap.ts'
import {noPanes} from '../../src/client/panes/no-panes.ts'
import type {ClientState} from '../../src/client/state/state.ts'
import {createClientStore} from '../../src/client/state/store.ts'
import * as update from '../../src/client/state/update.ts'
import type {DaemonState} from '../../src/protocol/daemon.ts'
import {agent, header, NOW, ticket} from './samples.ts'

const keymap = createKeymap()
const said = (state: ClientState) => {
  const found = noPanes(state, command => keymap.command(command).keys[0]!)
  return 'waitsFor' in found ? found.waitsFor : found.lines.map(line => line.map(({text}) => text).join(''))
}

function stateWith(
  slices: Partial<DaemonState>,
  ...updates: Parameters<ReturnType<typeof createClientStore>['apply']>[0][]
) {
  const store = createClientStore({now: NOW, cols: 120, rows: 34})
  const free = [agent(1, {state: 'available', pane: null}), agent(2, {state: 'available', pane: null})]
  store.apply(update.linkIs({state: 'connected'}))
  store.apply(update.daemonSaid({header, agents: free, ...slices}))
  for (const change of updates) store.apply(change)
  return store.getState()
}

describe('the area without terminals', () => {
  it('says what is waited for', () => {
    expect(said(createClientStore({now: NOW, cols: 120, rows: 34}).getState())).toBe('starting the daemon')
    expect(said(stateWith({header: {...header, main: null}}))).toBe('reading issues and pull requests from GitHub')
  })

  it('names the keys when issues are ready, whatever the filter of the list hides', () => {
    const hidden = update.filterIs('issues', {text: 'xyz', editing: false})
    const lines = said(stateWith({tickets: [ticket({number: 1}), ticket({number: 2})]}, hidden))
    expect(lines).toContain('p  claims the next of 2 ready issues')
    expect(lines).toContain('r  starts all free agents on 2 ready issues')
  })

  it('counts what holds all issues back, and says how to go on', () => {
    const gate = (kind: 'waits' | 'label' | 'human') => ({kind, text: kind})
    const tickets = [
      ticket({number: 1, gate: gate('label')}),
      ticket({number: 2, gate: gate('label')}),
      ticket({number: 3, gate: gate('waits')}),
      ticket({number: 4, gate: gate('human')}),
      ticket({number: 5, foreignOwner: 'studio'}),
      ticket({number: 6, phase: 'blocked', attention: 'it failed 5 times'}),
    ]
    expect(said(stateWith({tickets}))).toEqual([
      'no agent runs',
      '',
      'none of 6 open issues is ready',
      '2 without the label, 1 wait for others, 1 for a person, 1 claimed elsewhere',
      '!  goes to what needs you: 1',
      'i  says what holds an issue back',
      'label one route:ready: gh issue edit NUMBER --add-label route:ready',
      '?  shows all keys',
    ])
    expect(said(stateWith({tickets: [ticket({number: 3, gate: gate('waits')})]}))).not.toContain(
      'label one route:ready: gh issue edit NUMBER --add-label route:ready',
    )
  })

  it('names the label that the configuration makes issues ready by', () => {
    const configured = {...header, routingLabel: 'ready for agents'}
    const tickets = [ticket({number: 1, gate: {kind: 'label', text: 'label'}})]
    expect(said(stateWith({header: configured, tickets}))).toContain(
      "label one ready for agents: gh issue edit NUMBER --add-label 'ready for agents'",
    )
    const checks = setupChecks(stateWith({header: configured, tickets}), [])
    expect(checks.map(({hint}) => hint).join()).toContain("--add-label 'ready for agents'")
    const shown = {
      loading: null,
      error: null,
      filter: '',
      hidden: 0,
      back: 'esc',
      refresh: 'R',
      ready: 'ready for agents',
    }
    expect(JSON.stringify(emptyIssues(shown))).toContain('label one ready for agents; R looks again')
  })

  it('says that no issue is open', () => {
    expect(said(stateWith({tickets: []}))).toEqual([
      'no agent runs',
      '',
      'no issue is open',
      'R  looks at GitHub again',
      '?  shows all keys',
    ])
  })
})
