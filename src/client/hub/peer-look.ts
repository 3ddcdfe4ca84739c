import type {PeerRow} from '../../protocol/daemon.ts'
import type {Glyphs, Tone} from '../text/theme.ts'

/** The glyph and colour of a session, and its state in a word. */
export function peerLook(row: PeerRow, glyphs: Glyphs): {glyph: string; tone: Tone; word: string} {
  if (row.overdue > 0) return {glyph: glyphs.attention, tone: 'attention', word: 'asks you'}
  if (row.holds.length > 0) return {glyph: glyphs.waits, tone: 'attention', word: `holds ${row.holds.join(', ')}`}
  if (row.standing === 'stale') return {glyph: glyphs.starting, tone: 'muted', word: 'stale'}
  switch (row.status) {
    case 'busy':
    case 'active':
      return {glyph: glyphs.working, tone: row.agent === null ? 'working' : 'muted', word: row.status}
    case 'idle':
      return {glyph: glyphs.free, tone: 'muted', word: 'idle'}
    case 'shutting_down':
      return {glyph: glyphs.starting, tone: 'muted', word: 'ends'}
  }
}

/** `shop` of `acme/shop`: owners say little and take much room. */
export function shortProject(project: string): string {
  return project.split('/').findLast(part => part !== '') ?? project
}
