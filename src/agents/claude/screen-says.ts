import type {AgentState} from '../../model/agent/agent.ts'
import {LINE_IN_USE, WORKS_IN_BACKGROUND} from '../../model/agent/states.ts'
import type {AgentReport} from '../../model/core/facts.ts'
import {type InputLine, isOwn} from './input-line.ts'

/** What an agent does before its client is at work on a prompt, or after that: the screen says nothing new of it. */
const BESIDE_A_TURN = ['starting', 'reading', 'checking']

const IDLE: AgentReport = {kind: 'silent'}
/** A dialog with choices, which waits for a person however long. */
const ASKS_ABOUT_LIMIT: AgentReport = {kind: 'asks', activity: 'asks', detail: 'what to do about its usage limit'}

/**
 * What the still screen of Claude's client says of an agent that no hook said: Esc fires none, nor does the end of a
 * dialog or of a wait for a limit. `line` null: the client shows a dialog. Null: nothing. Pure.
 */
export function screenSays({value, context}: AgentState, line: InputLine | null): AgentReport | null {
  const {activity, doing, waitsFor} = context
  const isIdle = line !== null && !line.busy && line.limit === null
  if (value === 'working') {
    return isIdle && !BESIDE_A_TURN.includes(activity) && doing !== WORKS_IN_BACKGROUND ? IDLE : null
  }
  if (value !== 'waiting') return null
  if (line?.limit != null && waitsFor !== 'limit') return {kind: 'limited', until: line.limit}
  if (activity === LINE_IN_USE) return line !== null && isUsable(line) ? {kind: 'lineFree'} : null
  switch (waitsFor) {
    case 'limit':
      if (line === null) return ASKS_ABOUT_LIMIT
      return isIdle ? IDLE : null
    // It was answered in its own terminal.
    case 'answer':
      if (line === null) return null
      return line.busy ? {kind: 'busy', activity: 'thinking', detail: ''} : IDLE
    case 'start':
    case 'prompt':
    case null:
      return null
  }
}

/** A second draft cannot be put aside, and a prompt that was not taken is a person's to look at. */
function isUsable(line: InputLine): boolean {
  return line.text === '' || (!line.stashed && !isOwn(line))
}
