import {useSlice, useTheme} from '../../hooks/useClient.ts'
import {useAges} from '../../hooks/useNow.ts'
import {count} from '../../src/base/words.ts'
import {matrixLegend, matrixLines, pairLines} from '../../src/client/dialogs/matrix-lines.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import {fitLine} from '../../src/client/text/line.ts'
import {Lines} from '../elements/Lines.tsx'
import {Dialog, type OpenDialog} from './Dialog.tsx'

/** Who conflicts with whom: the sides, each against main and the others. */
export function MatrixDialog({rect, dialog: {top}}: OpenDialog<'matrix'>) {
  const {glyphs} = useTheme()
  const {width, height} = contentRect(rect)
  const sides = useSlice(state => state.sides)
  const conflicts = useSlice(state => state.conflicts)
  const ages = useAges(conflicts.map(({since}) => since))
  const [head = [], ...rows] = matrixLines({sides, conflicts}, {width, glyphs})
  const pairs = pairLines(conflicts, {width, glyphs, ages})
  const below = pairs.length === 0 ? rows : [...rows, [], ...pairs]
  const room = Math.max(1, height - 3)
  const nothing = [[{text: 'no agent, worktree or pull request has work that may land', tone: 'muted' as const}]]
  const lines =
    sides.length === 0
      ? nothing
      : [
          head,
          ...below.slice(top, top + room).map(line => fitLine(line, width)),
          [{text: ' '}],
          fitLine(matrixLegend(glyphs), width),
        ]
  return (
    <Dialog
      rect={rect}
      title="Who conflicts with whom"
      opener="conflicts.matrix"
      figures={conflicts.length === 0 ? '' : count(conflicts.length, 'pair')}
      keys={[['dialog.cancel', 'close']]}
    >
      <Lines lines={lines} />
    </Dialog>
  )
}
