/** Lines of box drawing as they leave the middle of a cell; fonts draw them at odd widths, so pictures draw them as lines. */
type Box = {up?: true; down?: true; left?: true; right?: true; round?: true; heavy?: true}

const BOXES: Readonly<Record<string, Box>> = {
  '─': {left: true, right: true},
  '│': {up: true, down: true},
  '╭': {down: true, right: true, round: true},
  '╮': {down: true, left: true, round: true},
  '╰': {up: true, right: true, round: true},
  '╯': {up: true, left: true, round: true},
  '━': {left: true, right: true, heavy: true},
  '┃': {up: true, down: true, heavy: true},
  '┏': {down: true, right: true, heavy: true},
  '┓': {down: true, left: true, heavy: true},
  '┗': {up: true, right: true, heavy: true},
  '┛': {up: true, left: true, heavy: true},
}

/** Pixels of a line's stroke; undefined: the character is no line. */
export function strokeOf(char: string): number | undefined {
  const box = BOXES[char]
  return box && (box.heavy ? 2 : 1)
}

/** The path of lines side by side, from the left edge of the first cell, in cells of this size. */
export function boxPath(chars: string, {x, y, width, height}: {x: number; y: number; width: number; height: number}) {
  const middle = y + height / 2
  const parts: string[] = []
  let flat = 0
  const endFlat = (at: number) => {
    if (flat > 0) parts.push(`M${px(x + (at - flat) * width)} ${px(middle)}h${px(flat * width)}`)
    flat = 0
  }
  for (const [at, char] of [...chars].entries()) {
    const {up, left, right, round: isRound} = BOXES[char]!
    if (left && right) {
      flat++
      continue
    }
    endFlat(at)
    const center = x + (at + 0.5) * width
    if (!left && !right) parts.push(`M${px(center)} ${px(y)}v${px(height)}`)
    else {
      const side = right ? width / 2 : -width / 2
      const end = up ? -height / 2 : height / 2
      const bend = isRound ? `q0 ${px(-end)} ${px(side)} ${px(-end)}` : `v${px(-end)}h${px(side)}`
      parts.push(`M${px(center)} ${px(middle + end)}${bend}`)
    }
  }
  endFlat([...chars].length)
  return parts.join('')
}

function px(value: number): number {
  return Math.round(value * 10) / 10
}
