import {figure, shellWord} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import {holdCounts} from '../../model/routing/taken.ts'
import type {CommandId} from '../commands/bindings.ts'
import {isReady} from '../panels/issues.ts'
import type {ClientState} from '../state/state.ts'
import type {Line} from '../text/line.ts'

/** What the empty area of the panes says; null: it waits for something, which is said with its age. */
export type NoPanes = {waitsFor: string} | {lines: readonly Line[]}

/**
 * Why there is no terminal to show, and what to press: the daemon or GitHub is waited for, agents start, issues are
 * ready, all are held back and by what, or there is none.
 */
export function noPanes(state: ClientState, keyName: (command: CommandId) => string): NoPanes {
  const {header, link, agents, tickets} = state
  if (header === null && link.state === 'failed') return {lines: [[{text: 'no agent can run here', tone: 'muted'}]]}
  if (header === null) return {waitsFor: waitsFor(state)}
  const starting = agents.filter(({ticket}) => ticket !== null).length
  if (header.main === null && starting === 0) return {waitsFor: waitsFor(state)}
  const isFree = agents.some(({ticket}) => ticket === null)
  const ready = tickets.filter(isReady).length
  const key = (command: CommandId, does: string): Line => [
    {text: keyName(command), tone: 'accent'},
    {text: `  ${does}`, tone: 'muted'},
  ]
  const what =
    ready === 0
      ? starting > 0
        ? []
        : nothingReady(state, key)
      : isFree && !header.readOnly
        ? [
            key('queue.pop', `claims the next of ${count(ready, 'ready issue')}`),
            key('queue.route', `starts all free agents on ${count(ready, 'ready issue')}`),
          ]
        : []
  return {
    lines: [
      [
        {
          text:
            starting === 0
              ? 'no agent runs'
              : starting === 1
                ? 'an agent is starting'
                : `${starting} agents are starting`,
        },
      ],
      [],
      ...what,
      key('app.help', 'shows all keys'),
    ],
  }
}

/** What the screen waits for before it can show anything. */
export function waitsFor({header, link}: Pick<ClientState, 'header' | 'link'>): string {
  if (header !== null) return 'reading issues and pull requests from GitHub'
  return link.state === 'reconnecting' ? 'waiting for the daemon' : 'starting the daemon'
}

/** That no issue can be claimed, by what they are held back, and what to do about it. */
function nothingReady({tickets, header}: ClientState, key: (command: CommandId, does: string) => Line): Line[] {
  const open = tickets.filter(({phase}) => phase !== 'merged')
  const muted = (text: string): Line => [{text, tone: 'muted'}]
  if (open.length === 0) {
    return [muted('no issue is open'), key('app.refresh', 'looks at GitHub again')]
  }
  const ready = header?.routingLabel ?? 'route:ready'
  const needs = open.filter(({attention}) => attention !== null).length
  const held = open.flatMap(({gate, foreignOwner}) => (foreignOwner !== null ? 'claimed' : (gate?.kind ?? [])))
  const label = held.includes('label') || held.length === 0
  return [
    muted(
      open.length === 1 ? 'the one open issue is not ready' : `none of ${figure(open.length)} open issues is ready`,
    ),
    ...(held.length === 0 ? [] : [muted(holdCounts(held))]),
    ...(needs === 0 ? [] : [key('app.next-attention', `goes to what needs you: ${needs}`)]),
    ...(held.length === 0 ? [] : [key('row.details', 'says what holds an issue back')]),
    ...(label ? [muted(`label one ${ready}: gh issue edit NUMBER --add-label ${shellWord(ready)}`)] : []),
  ]
}
