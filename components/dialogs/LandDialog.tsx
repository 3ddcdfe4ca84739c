import {useTheme} from '../../hooks/useClient.ts'
import {safeLine} from '../../src/base/text.ts'
import {count} from '../../src/base/words.ts'
import {chosenIn} from '../../src/client/dialogs/edit-train.ts'
import {canLand, landLayout} from '../../src/client/dialogs/land.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import {windowTop} from '../../src/client/panels/lists.ts'
import {inAscii} from '../../src/client/text/ascii.ts'
import {cutLine, fitLine, type Line, splitLine} from '../../src/client/text/line.ts'
import {shortAgent} from '../../src/model/data/ids.ts'
import type {LandPlan} from '../../src/protocol/daemon.ts'
import {cursorOf} from '../elements/cursor.ts'
import {Lines} from '../elements/Lines.tsx'
import {type Column, Table} from '../elements/Table.tsx'
import {position} from './DetailDialog.tsx'
import {Dialog, type DialogKeys, type OpenDialog} from './Dialog.tsx'
import {LoadedContent} from './LoadedContent.tsx'

/** What boards, what is put off and why, and what will happen; nothing moves before it is confirmed. */
export function LandDialog({rect, dialog}: OpenDialog<'land'>) {
  const {plan, top, edit} = dialog
  const ready = plan.state === 'ready' && canLand(plan.value) && !dialog.pending
  const lifts = plan.state === 'ready' && plan.value.halt !== null
  const content = contentRect(rect)
  const laid = plan.state === 'ready' ? landLayout(dialog, plan.value, content) : null
  const where = laid === null ? '' : position(top, laid.below, laid.lines.length)
  const chosen = plan.state === 'ready' ? chosenIn(dialog, plan.value.choices).length : 0
  const canEdit = plan.state === 'ready' && plan.value.choices.length > 0
  const bundle = plan.state === 'ready' && plan.value.train.pulls.length > 0
  const land = lifts ? 'lift the halt and land' : 'land'
  const keys: DialogKeys =
    edit === null
      ? [
          ...(ready ? ([['dialog.confirm', land]] as const) : []),
          ...(bundle ? ([['land.diff', 'review the bundle']] as const) : []),
          ...(canEdit ? ([['land.edit', 'edit the train']] as const) : []),
          ['dialog.cancel', ready ? 'not now' : 'close'],
          ...(where === '' ? [] : ([['move.down', 'more']] as const)),
        ]
      : [
          ['land.toggle', 'on or off'],
          ...(ready ? ([['dialog.confirm', `${land} ${count(chosen, 'ticket')}`]] as const) : []),
          ['dialog.cancel', 'back'],
        ]
  const title = lifts ? 'Lift the halt, and land the train now?' : 'Land the train now?'
  return (
    <Dialog
      rect={rect}
      title={edit === null ? title : 'Edit the train'}
      opener="train.land"
      {...(edit === null ? (where === '' ? {} : {figures: where}) : {figures: `${chosen} on it`})}
      keys={keys}
    >
      <LoadedContent loaded={plan} waitingFor="looking at branches and checks" width={content.width}>
        {value => <Plan plan={value} dialog={dialog} {...content} />}
      </LoadedContent>
    </Dialog>
  )
}

function Plan(props: {plan: LandPlan; dialog: OpenDialog<'land'>['dialog']; width: number; height: number}) {
  const {plan, dialog, width, height} = props
  const {ascii} = useTheme()
  const {board, lines, below} = landLayout(dialog, plan, {width, height})
  const rest = lines.slice(dialog.top, dialog.top + below).map(line => fitLine(ascii ? inAscii(line) : line, width))
  return (
    <>
      {dialog.edit === null ? (
        <Board plan={plan} width={width} height={board} />
      ) : (
        <Choices plan={plan} dialog={dialog} width={width} height={board} />
      )}
      {rest.length > 0 ? <Lines lines={rest} /> : null}
    </>
  )
}

function Board({plan, width, height}: {plan: LandPlan; width: number; height: number}) {
  const room = height - 1 // one line for the heading
  const shown = plan.board.length > room ? plan.board.slice(0, Math.max(0, room - 1)) : plan.board
  const hidden = plan.board.length - shown.length
  if (plan.board.length === 0) return <Lines lines={[fitLine([{text: 'nothing is ready to land'}], width)]} />
  return (
    <>
      <Table columns={boardColumns(width)} rows={shown.map(boardRow)} />
      {hidden > 0 ? <Lines lines={[fitLine([{text: `and ${hidden} more`, tone: 'muted'}], width)]} /> : null}
    </>
  )
}

/** Everything that may be put on the train or taken off it; what cannot board says why. */
function Choices(props: {plan: LandPlan; dialog: OpenDialog<'land'>['dialog']; width: number; height: number}) {
  const {plan, dialog, width, height} = props
  const {glyphs, ascii} = useTheme()
  const {choices} = plan
  const index = dialog.edit ?? 0
  const chosen = chosenIn(dialog, choices)
  const top = windowTop({top: 0, index, height, length: choices.length})
  const lines = choices.slice(top, top + height).map((choice, row): Line => {
    const {ticket, title, cannot} = choice
    const isOn = chosen.includes(ticket)
    const at = {selected: top + row === index, focused: true, marked: false}
    const isOut = !isOn && cannot !== null
    const entry = plan.board.find(found => found.ticket === ticket)
    const word = isOn ? (entry === undefined ? 'again' : entry.alone === null ? 'bundle' : 'alone') : ''
    const right = safeLine(isOut ? cannot : isOn ? word : 'stays')
    const line = splitLine(
      [
        ...cursorOf(glyphs, at),
        isOn
          ? {text: `${glyphs.mark} `, tone: 'accent' as const}
          : {text: `${isOut ? glyphs.waits : glyphs.free} `, tone: 'muted' as const},
        {text: `#${ticket}`.padEnd(6), tone: isOn ? ('accent' as const) : ('muted' as const)},
        {text: safeLine(title), tone: isOn ? ('text' as const) : ('muted' as const), bold: at.selected},
      ],
      cutLine([{text: right, tone: 'muted'}], Math.floor(width / 2)),
      width,
    )
    return ascii ? inAscii(line) : line
  })
  return <Lines lines={lines} />
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
