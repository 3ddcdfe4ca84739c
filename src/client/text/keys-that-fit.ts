import {type Line, lineWidth} from './line.ts'

/** Drops keys from the end, but those that are always named, until the line has room; no key is cut in its middle. */
export function keysThatFit<Key>(
  keys: readonly Key[],
  {draw, isAlways, width}: {draw: (key: Key) => Line; isAlways: (key: Key) => boolean; width: number},
): Line {
  const kept = [...keys]
  while (kept.length > 0 && lineWidth(kept.flatMap(draw)) > width) {
    const last = kept.findLastIndex(key => !isAlways(key))
    kept.splice(last < 0 ? kept.length - 1 : last, 1)
  }
  return kept.flatMap(draw)
}
