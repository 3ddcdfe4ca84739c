import {Box} from 'ink'
import type {ReactNode} from 'react'
import type {Rect} from '../../src/client/state/types.ts'

/**
 * Puts its children at a rectangle of the screen, whatever is around it. `clip` cuts what is larger; it makes Ink
 * take every line apart once more, so lines that already fit do without.
 */
export function Place({rect, clip = false, children}: {rect: Rect; clip?: boolean; children: ReactNode}) {
  return (
    <Box
      position="absolute"
      top={rect.row}
      left={rect.col}
      width={rect.width}
      height={rect.height}
      flexDirection="column"
      {...(clip ? {overflow: 'hidden'} : {})}
    >
      {children}
    </Box>
  )
}
