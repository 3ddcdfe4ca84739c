import type {AgentPhase} from '../../model/agent/states.ts'
import type {Glyphs, Tone} from '../text/theme.ts'

type Name = 'attention' | 'limited' | 'working' | 'starting' | 'free'

/** Each state's glyph and colour. Only states that need a person stand out. */
const LOOKS: Readonly<Record<AgentPhase, {name: Name; tone: Tone}>> = {
  available: {name: 'free', tone: 'muted'},
  assigned: {name: 'starting', tone: 'working'},
  working: {name: 'working', tone: 'working'},
  waiting: {name: 'attention', tone: 'attention'},
  limited: {name: 'limited', tone: 'muted'},
  cleanup: {name: 'starting', tone: 'working'},
}

/** The glyph and the colour of an agent in this state. */
export function agentLook({state}: {state: AgentPhase}, glyphs: Pick<Glyphs, Name>): {glyph: string; tone: Tone} {
  const {name, tone} = LOOKS[state]
  return {glyph: glyphs[name], tone}
}
