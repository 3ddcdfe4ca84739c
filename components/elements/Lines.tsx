import {Text} from 'ink'
import {memo} from 'react'
import {useTheme} from '../../hooks/useClient.ts'
import type {Line} from '../../src/client/text/line.ts'

/** Lines that already have their exact width, one below the other. */
export function Lines({lines}: {lines: readonly Line[]}) {
  // Lines have no identity of their own: their place is their key.
  // biome-ignore lint/suspicious/noArrayIndexKey: see above
  return lines.map((line, row) => <DrawnLine key={row} line={line} />)
}

/**
 * A line is drawn again only when something in it changed, so that a clock that moves costs the lines it moves. Plain
 * text goes without an element of its own: Ink takes each nested one apart and together again.
 */
const DrawnLine = memo(function DrawnLine({line}: {line: Line}) {
  const {looks, ascii} = useTheme()
  return (
    <Text>
      {line.map((segment, column) => {
        const {tone = 'text', bold, inverse, italic, underline, strike: strikethrough} = segment
        const text = ascii ? segment.text.replaceAll('…', '~') : segment.text
        const look = {
          ...looks[tone],
          ...(bold ? {bold} : {}),
          ...(inverse ? {inverse} : {}),
          ...(italic ? {italic} : {}),
          ...(underline ? {underline} : {}),
          ...(strikethrough ? {strikethrough} : {}),
        }
        return Object.keys(look).length === 0 ? (
          text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: segments have no identity of their own
          <Text key={column} {...look}>
            {text}
          </Text>
        )
      })}
    </Text>
  )
}, sameLine)

function sameLine(before: {line: Line}, after: {line: Line}): boolean {
  return (
    before.line.length === after.line.length &&
    before.line.every((segment, index) => {
      const other = after.line[index]!
      return (
        segment.text === other.text &&
        segment.tone === other.tone &&
        segment.bold === other.bold &&
        segment.inverse === other.inverse &&
        segment.italic === other.italic &&
        segment.underline === other.underline &&
        segment.strike === other.strike
      )
    })
  )
}
