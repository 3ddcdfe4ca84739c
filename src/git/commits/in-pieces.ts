import {setImmediate as otherWork} from 'node:timers/promises'

/** Looking at so much takes 10 ms. */
const PIECE = 256 * 1024
/** Each piece begins so far back, as a secret may go over several lines. */
const OVERLAP = 8 * 1024

/**
 * Looks at a long text piece by piece, and lets other work have its turn between two: to look for secrets takes half a second
 * for 20 MB. A piece ends at the end of a line, unless that is far away. Gives whether `finds` was true for any.
 */
export async function findsInPieces(text: string, finds: (piece: string) => boolean): Promise<boolean> {
  for (let at = 0; at < text.length; ) {
    const end = endOfLine(text, at + PIECE)
    const start = at === 0 ? 0 : endOfLine(text, Math.max(0, at - OVERLAP))
    if (finds(text.slice(Math.min(start, at), end))) return true
    at = end
    await otherWork()
  }
  return false
}

/** The place behind the line that this place is in; the place itself where that line is too long. */
function endOfLine(text: string, place: number): number {
  const found = text.slice(place, place + PIECE).indexOf('\n')
  return found === -1 ? Math.min(place, text.length) : place + found + 1
}
