import {useKeyName, useSlice, useTheme} from '../../hooks/useClient.ts'
import {badgeText, moreLabel, type RepositoryTab, repositoryLine} from '../../src/client/fleet/repositories.ts'
import type {Fleet} from '../../src/client/state/fleet.ts'
import type {Rect} from '../../src/client/state/types.ts'
import {type Line, lineWidth, splitLine} from '../../src/client/text/line.ts'
import type {Theme} from '../../src/client/text/theme.ts'
import {Lines} from '../elements/Lines.tsx'
import {Place} from '../elements/Place.tsx'

/** The repositories of this screen, each with what its agents do; the shown one in reverse. */
export function Repositories({rect}: {rect: Rect}) {
  const fleet = useSlice(state => state.fleet)
  return (
    fleet && (
      <Place rect={rect}>
        <RepositoryTabs fleet={fleet} width={rect.width} />
      </Place>
    )
  )
}

function RepositoryTabs({fleet, width}: {fleet: Fleet; width: number}) {
  const theme = useTheme()
  const keyName = useKeyName()
  const {tabs, left} = repositoryLine(fleet, width)
  const line: Line = [
    moreSegment(left.before, fleet),
    ...tabs.flatMap(tab => tabLine(tab, tab.index === fleet.shown, theme)),
    moreSegment(left.after, fleet),
  ]
  const keys = `${keyName('repository.previous')} ${keyName('repository.next')} switch `
  const hint: Line = lineWidth(line) + keys.length < width ? [{text: keys, tone: 'muted'}] : []
  return <Lines lines={[splitLine(line, hint, width)]} />
}

function tabLine({label, badges}: RepositoryTab, isShown: boolean, {glyphs}: Theme): Line {
  const needed = badges.some(({badge}) => badge?.glyph === 'attention')
  if (isShown) {
    const text = label + badges.map(room => `${badgeText(room, glyphs)} `).join('')
    return [{text, tone: needed ? 'attention' : 'accent', bold: true, inverse: true}]
  }
  return [
    {text: label, tone: needed ? 'attention' : 'muted'},
    ...badges.map(room => ({text: `${badgeText(room, glyphs)} `, tone: room.badge?.tone ?? ('muted' as const)})),
  ]
}

/** Tabs without room, as a number that shows when one of them needs a person. */
function moreSegment(left: readonly number[], {repositories}: Fleet): Line[number] {
  const needed = left.some(index => repositories[index]!.needs.length > 0)
  return {text: moreLabel(left), tone: needed ? 'attention' : 'muted'}
}
