import {useSlice, useTheme} from '../../hooks/useClient.ts'
import {useAges} from '../../hooks/useNow.ts'
import {fit, safeLine, textWidth} from '../../src/base/text.ts'
import {count} from '../../src/base/words.ts'
import {allNeeds, type RepositoryNeed} from '../../src/client/fleet/needs-you.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import {windowTop} from '../../src/client/panels/lists.ts'
import {fitLine, type Line, splitLine} from '../../src/client/text/line.ts'
import type {Glyphs} from '../../src/client/text/theme.ts'
import {shortAgent} from '../../src/model/data/ids.ts'
import {cursorOf} from '../elements/cursor.ts'
import {Lines} from '../elements/Lines.tsx'
import {Dialog, type OpenDialog} from './Dialog.tsx'

/** A repository's name takes no more columns than this. */
const MAX_NAME = 16

/** Everything that needs a person, in all repositories; Enter goes there. */
export function AttentionDialog({rect, dialog: {index}}: OpenDialog<'attention'>) {
  const {glyphs} = useTheme()
  const state = useSlice(whole => whole)
  const places = allNeeds(state)
  const ages = useAges(places.map(({item}) => item.since))
  const {width, height} = contentRect(rect)
  const chosen = Math.min(index, places.length - 1)
  const top = windowTop({top: 0, index: Math.max(0, chosen), height, length: places.length})
  const names = state.fleet?.repositories.map(({name}) => safeLine(name)) ?? []
  const nameWidth = names.length === 0 ? 0 : Math.min(MAX_NAME, Math.max(...names.map(textWidth)))
  const lines = places
    .slice(top, top + height)
    .map((place, row) =>
      placeLine(
        {place, name: names.length === 0 ? '' : `${fit(names[place.repository]!, nameWidth)}  `, age: ages[top + row]!},
        {selected: top + row === chosen, width, glyphs},
      ),
    )
  const none: Line = [{text: `${glyphs.done} `, tone: 'good'}, {text: 'nothing needs you'}]
  return (
    <Dialog
      rect={rect}
      title="Needs you"
      figures={places.length === 0 ? '' : count(places.length, 'place')}
      keys={[
        ['dialog.confirm', 'go there'],
        ['move.down', 'down'],
        ['move.up', 'up'],
        ['dialog.cancel', 'close'],
      ]}
    >
      <Lines lines={places.length === 0 ? [fitLine(none, width)] : lines} />
    </Dialog>
  )
}

function placeLine(
  {place, name, age}: {place: RepositoryNeed; name: string; age: string},
  {selected, width, glyphs}: {selected: boolean; width: number; glyphs: Glyphs},
): Line {
  const {issue, agent, title, what} = place.item
  const left: Line = [
    ...cursorOf(glyphs, {selected, focused: true, marked: false}),
    {text: `${glyphs.attention} `, tone: 'attention'},
    {text: name, bold: selected},
    {text: (issue === null ? '' : `#${issue}`).padStart(5), tone: 'attention'},
    {text: ` ${(agent === null ? '' : shortAgent(agent)).padEnd(4)}  `, tone: 'muted'},
    {text: safeLine(what), tone: 'attention'},
    {text: title === null ? '' : `  ${safeLine(title)}`, tone: 'muted'},
  ]
  return splitLine(left, [{text: age.padStart(4), tone: 'muted'}], width)
}
