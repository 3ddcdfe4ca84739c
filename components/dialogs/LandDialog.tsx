import {safeLine} from '../../src/base/text.ts'
import {count} from '../../src/base/words.ts'
import {canLand, landLines} from '../../src/client/dialogs/land.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import {fitLine} from '../../src/client/text/line.ts'
import {shortAgent} from '../../src/model/data/ids.ts'
import type {LandPlan} from '../../src/protocol/daemon.ts'
import {Lines} from '../elements/Lines.tsx'
import {type Column, Table} from '../elements/Table.tsx'
import {Dialog, type OpenDialog} from './Dialog.tsx'
import {LoadedContent} from './LoadedContent.tsx'

/** What boards, what is put off and why, and what will happen; nothing moves before it is confirmed. */
export function LandDialog({rect, dialog: {plan}}: OpenDialog<'land'>) {
  const ready = plan.state === 'ready' && canLand(plan.value)
  const lifts = plan.state === 'ready' && plan.value.halt !== null
  const {width, height} = contentRect(rect)
  return (
    <Dialog
      rect={rect}
      title={lifts ? 'Lift the halt, and land the train now?' : 'Land the train now?'}
      opener="train.land"
      keys={
        ready
          ? [
              ['dialog.confirm', lifts ? 'lift the halt and land' : 'land'],
              ['dialog.cancel', 'not now'],
            ]
          : [['dialog.cancel', 'close']]
      }
    >
      <LoadedContent loaded={plan} waitingFor="looking at branches and checks" width={width}>
        {value => <Plan plan={value} width={width} height={height} />}
      </LoadedContent>
    </Dialog>
  )
}

function Plan({plan, width, height}: {plan: LandPlan; width: number; height: number}) {
  const below = landLines(plan, width).map(line => fitLine(line, width))
  const room = Math.max(1, height - below.length - 1) // one line for the heading
  const shown = plan.board.length > room ? plan.board.slice(0, room - 1) : plan.board
  const hidden = plan.board.length - shown.length
  return (
    <>
      {plan.board.length === 0 ? (
        <Lines lines={[fitLine([{text: 'nothing is ready to land'}], width)]} />
      ) : (
        <Table columns={boardColumns(width)} rows={shown.map(boardRow)} />
      )}
      {hidden > 0 ? <Lines lines={[fitLine([{text: `and ${hidden} more`, tone: 'muted'}], width)]} /> : null}
      {below.length > 0 ? <Lines lines={below} /> : null}
    </>
  )
}

function boardRow(entry: LandPlan['board'][number]) {
  return {
    ticket: `#${entry.ticket}`,
    title: safeLine(entry.title),
    agent: shortAgent(entry.agent),
    commits: count(entry.commits, 'commit'),
    added: `+${entry.added}`,
    removed: `-${entry.removed}`,
  }
}

/** A title takes what the figures leave. */
function boardColumns(width: number): Column[] {
  const figures: Column[] = [
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
