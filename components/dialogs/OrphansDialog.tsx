import {useTheme} from '../../hooks/useClient.ts'
import {useAges} from '../../hooks/useNow.ts'
import {safeLine} from '../../src/base/text.ts'
import {ORPHAN_NOTES, orphanNotes} from '../../src/client/dialogs/orphans.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import {windowTop} from '../../src/client/panels/lists.ts'
import {fitLine} from '../../src/client/text/line.ts'
import type {Orphan} from '../../src/model/data/recovery/orphan.ts'
import {Lines} from '../elements/Lines.tsx'
import {type Column, Table} from '../elements/Table.tsx'
import {Dialog, type OpenDialog} from './Dialog.tsx'
import {LoadedContent} from './LoadedContent.tsx'

const PROPOSALS: Readonly<Record<Orphan['proposal'], string>> = {
  resume: 'resume',
  'open-pull': 'open pull',
  archive: 'archive',
  leave: 'leave',
}

/** Orphaned work, with the proposal for each and what is known of the selected one. */
export function OrphansDialog({rect, dialog: {orphans, index, all, marked}}: OpenDialog<'orphans'>) {
  const {width, height} = contentRect(rect)
  return (
    <Dialog
      rect={rect}
      title={titleOf({all, index, length: orphans.state === 'ready' ? orphans.value.length : 0, marked: marked.length})}
      opener="recovery.orphans"
      keys={
        orphans.state === 'ready' && orphans.value.length > 0
          ? [
              ['dialog.confirm', 'do it'],
              ['recover.resume', 'resume'],
              ['recover.open-pull', 'pull'],
              ['recover.archive', 'archive'],
              ['recover.leave', 'leave'],
              ['recover.all', all ? 'fewer' : 'all'],
              ['dialog.cancel', 'close'],
            ]
          : [
              ...(orphans.state === 'ready' ? [['recover.all', all ? 'fewer' : 'all'] as const] : []),
              ['dialog.cancel', 'close'],
            ]
      }
    >
      <LoadedContent loaded={orphans} waitingFor="looking at branches, worktrees, stashes and rescues" width={width}>
        {value => <OrphanTable orphans={value} marked={marked} index={index} width={width} height={height - 1} />}
      </LoadedContent>
    </Dialog>
  )
}

/** Where the selection is in a list that may be long. */
function titleOf({all, index, length, marked}: {all: boolean; index: number; length: number; marked: number}): string {
  const what = all ? 'All orphaned work' : 'Orphaned work'
  const where = length > 0 ? ` · ${index + 1} of ${length}` : ''
  return `${what}${where}${marked > 0 ? ` · ${marked} marked` : ''}`
}

function OrphanTable(props: {
  orphans: readonly Orphan[]
  marked: readonly string[]
  index: number
  width: number
  height: number
}) {
  const {orphans, marked, index, width, height} = props
  const {glyphs} = useTheme()
  const ages = useAges(orphans.map(({lastActivity}) => lastActivity ?? 0))
  if (orphans.length === 0) {
    const nothing = [
      {text: `${glyphs.done} `, tone: 'good' as const},
      {text: 'none: every branch and worktree has an owner'},
    ]
    return <Lines lines={[fitLine(nothing, width)]} />
  }
  const room = Math.max(1, height - ORPHAN_NOTES)
  const top = windowTop({top: 0, index, height: room, length: orphans.length})
  const selected = orphans[index]
  const notes = selected && height > ORPHAN_NOTES ? orphanNotes(selected) : []
  const rows = orphans.slice(top, top + room).map((orphan, row) => ({
    cursor: top + row === index ? glyphs.cursor : '',
    mark: marked.includes(orphan.name) ? glyphs.mark : '',
    kind: orphan.kind,
    name: safeLine(shortName(orphan)),
    commits: String(orphan.commits),
    lines: String(orphan.lines),
    dirty: String(orphan.dirty),
    last: orphan.lastActivity === null ? '' : ages[top + row]!,
    proposal: PROPOSALS[orphan.proposal],
  }))
  return (
    <>
      <Table columns={orphanColumns(width)} rows={rows} />
      <Lines lines={notes.map(line => fitLine(line, width))} />
    </>
  )
}

/** The last part of a worktree's path, as all are in one folder, and a ref without its prefix. */
function shortName({kind, name}: Orphan): string {
  if (kind === 'rescue') return name.replace(/^refs\/clambake\/rescue\//, '')
  return kind === 'worktree' ? (name.split('/').at(-1) ?? name) : name
}

/** A name takes the width that the figures leave. */
function orphanColumns(width: number): Column[] {
  const before: Column[] = [
    {key: 'cursor', heading: '', width: 1, tone: 'accent'},
    {key: 'mark', heading: '', width: 1, tone: 'accent'},
    {key: 'kind', heading: 'what', width: 8, tone: 'muted'},
  ]
  const after: Column[] = [
    {key: 'commits', heading: 'commits', width: 7, align: 'right'},
    {key: 'lines', heading: 'lines', width: 6, align: 'right'},
    {key: 'dirty', heading: 'dirty', width: 5, align: 'right'},
    {key: 'last', heading: 'last', width: 4, align: 'right', tone: 'muted'},
    {key: 'proposal', heading: 'proposed', width: 9, tone: 'muted'},
  ]
  const taken = [...before, ...after].reduce((sum, column) => sum + column.width + 1, 0)
  return [...before, {key: 'name', heading: 'name', width: Math.max(8, width - taken - 1)}, ...after]
}
