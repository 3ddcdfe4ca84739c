import {useTheme} from '../../../hooks/useClient.ts'
import {useAges} from '../../../hooks/useNow.ts'
import {safeLine} from '../../../src/base/text.ts'
import type {DialogOf} from '../../../src/client/dialogs/dialog-spec.ts'
import {selectedIn} from '../../../src/client/dialogs/hub/memory.ts'
import {memoryLines, statusLook} from '../../../src/client/hub/memory-lines.ts'
import {shortProject} from '../../../src/client/hub/peer-look.ts'
import {contentRect} from '../../../src/client/layout/overlays.ts'
import {windowTop} from '../../../src/client/panels/lists.ts'
import {fitLine, type Line, splitLine} from '../../../src/client/text/line.ts'
import type {Glyphs} from '../../../src/client/text/theme.ts'
import type {Memory} from '../../../src/model/hub/memory/memory.ts'
import {fieldLine} from '../../elements/fieldLine.ts'
import {Lines} from '../../elements/Lines.tsx'
import {Place} from '../../elements/Place.tsx'
import {Dialog, type DialogKeys, type OpenDialog} from '../Dialog.tsx'
import {LoadedContent} from '../LoadedContent.tsx'

/** Lines of the search and the blank below it. */
const SEARCH = 2

/** What sessions learned: a line to search in, what it finds, and the selected one in full. */
export function MemoryDialog({rect, dialog}: OpenDialog<'memory'>) {
  const {width, height} = contentRect(rect)
  const {text, typing, found, index, whole} = dialog
  const search: Line = typing
    ? fieldLine('/ ', text, width)
    : [
        {text: '/ ', tone: 'muted'},
        {text: safeLine(text), tone: text === '' ? 'muted' : 'text'},
      ]
  const count = found.state === 'ready' ? found.value.length : 0
  return (
    <Dialog
      rect={rect}
      title={`Memory${count > 0 ? ` · ${index + 1} of ${count}` : ''}`}
      opener="hub.memory"
      keys={keysOf(dialog)}
    >
      {whole === null ? <Lines lines={[fitLine(search, width)]} /> : null}
      <Place rect={{row: whole === null ? SEARCH : 0, col: 0, width, height: height - (whole === null ? SEARCH : 0)}}>
        <LoadedContent loaded={found} waitingFor="asking the hub" width={width}>
          {memories =>
            whole === null ? (
              <Found memories={memories} dialog={dialog} width={width} height={height - SEARCH} />
            ) : (
              <Whole dialog={dialog} top={whole} width={width} height={height} />
            )
          }
        </LoadedContent>
      </Place>
    </Dialog>
  )
}

type Shown = {dialog: DialogOf<'memory'>; width: number; height: number}

function Whole({dialog, top, width, height}: Shown & {top: number}) {
  const memory = selectedIn(dialog)
  const lines = memory ? memoryLines(memory, width) : []
  return <Lines lines={lines.slice(top, top + height).map(line => fitLine(line, width))} />
}

function Found({memories, dialog, width, height}: Shown & {memories: readonly Memory[]}) {
  const {glyphs} = useTheme()
  const ages = useAges(memories.map(({updatedAt}) => updatedAt))
  if (memories.length === 0) return <Lines lines={nothing(dialog.text).map(line => fitLine(line, width))} />
  const room = Math.max(1, Math.min(memories.length, Math.floor(height / 2)))
  const top = windowTop({top: 0, index: dialog.index, height: room, length: memories.length})
  const list = memories
    .slice(top, top + room)
    .map((memory, at) =>
      memoryLine({memory, isSelected: top + at === dialog.index, since: ages[top + at]!, glyphs}, width),
    )
  const memory = selectedIn(dialog)
  const rest = memory ? memoryLines(memory, width).slice(0, Math.max(0, height - room - 1)) : []
  return <Lines lines={[...list, [], ...rest].map(line => fitLine(line, width))} />
}

function nothing(text: string): Line[] {
  return text === ''
    ? [
        [{text: 'no session has remembered anything yet'}],
        [{text: 'clambake remember "…" keeps what later sessions should know', tone: 'muted'}],
      ]
    : [
        [{text: `nothing is remembered about ${safeLine(text)}`}],
        [{text: 'whole words are looked for; status:all finds also what is no longer true', tone: 'muted'}],
      ]
}

function memoryLine(
  {memory, isSelected, since, glyphs}: {memory: Memory; isSelected: boolean; since: string; glyphs: Glyphs},
  width: number,
): Line {
  const {glyph, tone} = statusLook(memory.status, glyphs)
  const tags = memory.tags.length === 0 ? '' : `  ${safeLine(memory.tags.join(' '))}`
  return splitLine(
    [
      isSelected ? {text: `${glyphs.cursor} `, tone: 'accent'} : {text: '  '},
      {text: `${glyph} `, tone},
      {text: `${memory.type} `, tone: 'muted'},
      {text: safeLine(memory.title), tone: memory.status === 'active' ? 'text' : 'muted', bold: isSelected},
      {text: tags, tone: 'muted'},
    ],
    [
      {text: memory.project === null ? 'all' : safeLine(shortProject(memory.project)), tone: 'muted'},
      {text: since.padStart(4), tone: 'muted'},
    ],
    width,
  )
}

function keysOf({typing, whole, found}: DialogOf<'memory'>): DialogKeys {
  if (typing) {
    return [
      ['dialog.confirm', 'to the list'],
      ['dialog.cancel', 'back'],
    ]
  }
  const some = found.state === 'ready' && found.value.length > 0
  return [
    ['memory.search', 'search'],
    ...(some
      ? ([
          ['dialog.confirm', whole === null ? 'all of it' : 'list'],
          ['memory.resolve', 'resolve'],
          ['memory.deprecate', 'deprecate'],
          ['memory.activate', 'in force'],
        ] as const)
      : []),
    ['dialog.cancel', whole === null ? 'close' : 'back'],
  ]
}
