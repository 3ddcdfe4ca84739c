import {safeLine} from '../../src/base/text.ts'
import {count} from '../../src/base/words.ts'
import type {Line} from '../../src/client/text/line.ts'
import type {HubLink} from '../../src/protocol/daemon.ts'

/** The lines of an empty list: why it is empty, and what to press or do. */
function empty(why: string, hint: string): Line[] {
  return [[], [{text: `  ${why}`}], [{text: `  ${hint}`, tone: 'muted'}]]
}

function nothingMatches(noun: string, filter: string, back: string, hidden = 0): Line[] {
  const shows = hidden > 0 ? ` and shows ${count(hidden, noun)}` : ''
  return empty(`no ${noun} matches ${safeLine(filter)}`, `${back} clears the filter${shows}`)
}

/** `error`: why the repository cannot be opened, and how to fix it. */
export function emptyIssues(state: {
  /** What is waited for; null: the issues are known. */
  loading: string | null
  error: readonly Line[] | null
  filter: string
  /** Issues that the filter hides. */
  hidden: number
  back: string
  refresh: string
  /** The label of issues that are ready for agents. */
  ready: string
}): Line[] {
  if (state.error !== null) return [[], ...state.error.map((line): Line => [{text: '  '}, ...line])]
  if (state.loading !== null) return empty(state.loading, '')
  if (state.filter !== '') return nothingMatches('issue', state.filter, state.back, state.hidden)
  return empty('no open issue', `label one ${state.ready}; ${state.refresh} looks again`)
}

/** `known`: the daemon has looked at GitHub; before that an empty list means nothing. */
export function emptyPulls(known: boolean, filter: string, back: string): Line[] {
  if (!known) return []
  if (filter !== '') return nothingMatches('pull request', filter, back)
  return empty('no pull request is open', 'finished work opens one')
}

export function emptyConflicts(glyphs: {done: string}, known: boolean, filter: string, back: string): Line[] {
  if (!known) return []
  if (filter !== '') return nothingMatches('conflict', filter, back)
  return [
    [
      {text: `  ${glyphs.done} `, tone: 'good'},
      {text: 'nothing conflicts', tone: 'muted'},
    ],
  ]
}

export function emptyEvents(known: boolean, filter: string, back: string): Line[] {
  if (!known) return []
  if (filter !== '') return nothingMatches('event', filter, back)
  return empty('nothing has happened yet', 'shows what agents and people do')
}

/** How other sessions come to be seen; where the hub does not answer, why. The panel has three lines on small screens. */
export function emptyPeers(link: HubLink, filter: string, back: string): Line[] {
  switch (link.is) {
    case 'asking':
      return []
    case 'off':
      return three('a read-only screen opens no hub', 'start it without --read-only')
    case 'away':
      return three('the hub does not answer', 'all else works; clambake doctor', safeLine(link.reason))
    case 'here':
      if (filter !== '') return nothingMatches('session', filter, back)
      return three('no other session is here', 'clambake setup-claude --hub adds', 'those of Claude Code')
  }
}

function three(why: string, ...hints: readonly string[]): Line[] {
  return [[{text: `  ${why}`}], ...hints.map((hint): Line => [{text: `  ${hint}`, tone: 'muted'}])]
}
