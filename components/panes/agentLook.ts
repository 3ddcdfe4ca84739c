import type {Glyphs, Tone} from '../../src/client/text/theme.ts'
import type {AgentRow} from '../../src/protocol/daemon.ts'

/** An agent's state as glyph and colour: only those that need a person stand out. */
export function agentLook(row: AgentRow, glyphs: Glyphs): {glyph: string; tone: Tone} {
  switch (row.state) {
    case 'waiting':
    case 'blocked':
      return {glyph: glyphs.attention, tone: 'attention'}
    case 'limited':
      return {glyph: glyphs.limited, tone: 'muted'}
    case 'working':
      return {glyph: glyphs.working, tone: 'working'}
    case 'assigned':
    case 'cleanup':
      return {glyph: glyphs.starting, tone: 'working'}
    case 'available':
      return {glyph: glyphs.free, tone: 'muted'}
  }
}
