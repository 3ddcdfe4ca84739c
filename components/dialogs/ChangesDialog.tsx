import {useTheme} from '../../hooks/useClient.ts'
import {safeLine} from '../../src/base/text.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import {windowTop} from '../../src/client/panels/lists.ts'
import {fitLine} from '../../src/client/text/line.ts'
import type {SyncRow} from '../../src/protocol/daemon.ts'
import {Lines} from '../elements/Lines.tsx'
import {type Column, Table} from '../elements/Table.tsx'
import {Dialog, type OpenDialog} from './Dialog.tsx'
import {LoadedContent} from './LoadedContent.tsx'

/** What obeying a change would do. */
const OBEYED: Readonly<Record<NonNullable<SyncRow['word']>, string>> = {
  stop: 'stop its agent',
  release: 'release it',
  retry: 'try it again',
}

/** What people changed by hand on GitHub, with what Clambake showed there and what obeying it would do. */
export function ChangesDialog({rect, dialog: {rows, index}}: OpenDialog<'changes'>) {
  const {width, height} = contentRect(rect)
  return (
    <Dialog
      rect={rect}
      title="Changed by hand on GitHub"
      opener="sync.changes"
      keys={
        rows.state === 'ready' && rows.value.length > 0
          ? [
              ['change.obey', 'obey'],
              ['change.put-back', 'put back'],
              ['dialog.cancel', 'close'],
            ]
          : [['dialog.cancel', 'close']]
      }
    >
      <LoadedContent loaded={rows} waitingFor="looking at GitHub" width={width}>
        {value => <ChangeTable rows={value} index={index} width={width} height={height - 1} />}
      </LoadedContent>
    </Dialog>
  )
}

function ChangeTable(props: {rows: readonly SyncRow[]; index: number; width: number; height: number}) {
  const {rows, index, width, height} = props
  const {glyphs} = useTheme()
  if (rows.length === 0) {
    const nothing = [
      {text: `${glyphs.done} `, tone: 'good' as const},
      {text: 'nothing: GitHub shows every ticket as it is'},
    ]
    return <Lines lines={[fitLine(nothing, width)]} />
  }
  const top = windowTop({top: 0, index, height: Math.max(1, height), length: rows.length})
  const shown = rows.slice(top, top + Math.max(1, height)).map(({ticket, part, wanted, found, word}, row) => ({
    cursor: top + row === index ? glyphs.cursor : '',
    issue: `#${ticket}`,
    part,
    found: safeLine(found),
    wanted: safeLine(wanted),
    word: word === null ? 'leave as is' : OBEYED[word],
  }))
  return <Table columns={changeColumns(width)} rows={shown} />
}

/** The values now and before share the width that the other columns leave. */
function changeColumns(width: number): Column[] {
  const before: Column[] = [
    {key: 'cursor', heading: '', width: 1, tone: 'accent'},
    {key: 'issue', heading: 'issue', width: 6, align: 'right'},
    {key: 'part', heading: 'what', width: 8, tone: 'muted'},
  ]
  const after: Column[] = [{key: 'word', heading: 'obeyed', width: 14, tone: 'muted'}]
  const taken = [...before, ...after].reduce((sum, column) => sum + column.width + 1, 0)
  const half = Math.max(6, Math.floor((width - taken - 2) / 2))
  return [
    ...before,
    {key: 'found', heading: 'now', width: half},
    {key: 'wanted', heading: 'before', width: half},
    ...after,
  ]
}
