import {useTheme} from '../../hooks/useClient.ts'
import {safeLine} from '../../src/base/text.ts'
import {count} from '../../src/base/words.ts'
import {canLand, landLayout} from '../../src/client/dialogs/land.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import {inAscii} from '../../src/client/text/ascii.ts'
import {fitLine} from '../../src/client/text/line.ts'
import {shortAgent} from '../../src/model/data/ids.ts'
import type {LandPlan} from '../../src/protocol/daemon.ts'
import {Lines} from '../elements/Lines.tsx'
import {type Column, Table} from '../elements/Table.tsx'
import {position} from './DetailDialog.tsx'
import {Dialog, type OpenDialog} from './Dialog.tsx'
import {LoadedContent} from './LoadedContent.tsx'

/** What boards, what is put off and why, and what will happen; nothing moves before it is confirmed. */
export function LandDialog({rect, dialog: {plan, top}}: OpenDialog<'land'>) {
  const ready = plan.state === 'ready' && canLand(plan.value)
  const lifts = plan.state === 'ready' && plan.value.halt !== null
  const content = contentRect(rect)
  const laid = plan.state === 'ready' ? landLayout(plan.value, content) : null
  const where = laid === null ? '' : position(top, laid.below, laid.lines.length)
  return (
    <Dialog
      rect={rect}
      title={lifts ? 'Lift the halt, and land the train now?' : 'Land the train now?'}
      opener="train.land"
      {...(where === '' ? {} : {figures: where})}
      keys={[
        ...(ready ? ([['dialog.confirm', lifts ? 'lift the halt and land' : 'land']] as const) : []),
        ['dialog.cancel', ready ? 'not now' : 'close'],
        ...(where === '' ? [] : ([['move.down', 'more']] as const)),
      ]}
    >
      <LoadedContent loaded={plan} waitingFor="looking at branches and checks" width={content.width}>
        {value => <Plan plan={value} top={top} {...content} />}
      </LoadedContent>
    </Dialog>
  )
}

function Plan({plan, top, width, height}: {plan: LandPlan; top: number; width: number; height: number}) {
  const {ascii} = useTheme()
  const {board, lines, below} = landLayout(plan, {width, height})
  const room = board - 1 // one line for the heading
  const shown = plan.board.length > room ? plan.board.slice(0, Math.max(0, room - 1)) : plan.board
  const hidden = plan.board.length - shown.length
  const rest = lines.slice(top, top + below).map(line => fitLine(ascii ? inAscii(line) : line, width))
  return (
    <>
      {plan.board.length === 0 ? (
        <Lines lines={[fitLine([{text: 'nothing is ready to land'}], width)]} />
      ) : (
        <Table columns={boardColumns(width)} rows={shown.map(boardRow)} />
      )}
      {hidden > 0 ? <Lines lines={[fitLine([{text: `and ${hidden} more`, tone: 'muted'}], width)]} /> : null}
      {rest.length > 0 ? <Lines lines={rest} /> : null}
    </>
  )
}

function boardRow(entry: LandPlan['board'][number]) {
  return {
    ticket: `#${entry.ticket}`,
    title: safeLine(entry.title),
    how: entry.alone === null ? 'bundle' : 'alone',
    agent: shortAgent(entry.agent),
    commits: count(entry.commits, 'commit'),
    added: `+${entry.added}`,
    removed: `-${entry.removed}`,
  }
}

/** A title takes what the figures leave. */
function boardColumns(width: number): Column[] {
  const figures: Column[] = [
    {key: 'how', heading: 'lands', width: 6, tone: 'muted'},
    {key: 'agent', heading: 'agent', width: 5, tone: 'muted'},
    {key: 'commits', heading: 'commits', width: 10, align: 'right'},
    {key: 'added', heading: 'added', width: 6, align: 'right', tone: 'good'},
    {key: 'removed', heading: 'gone', width: 6, align: 'right', tone: 'bad'},
  ]
  const taken = figures.reduce((sum, column) => sum + column.width + 1, 0)
  const ticket: Column = {key: 'ticket', heading: '', width: 6, tone: 'accent'}
  const title: Column = {key: 'title', heading: 'ticket', width: Math.max(8, width - taken - 8)}
  return [ticket, title, ...figures]
}
