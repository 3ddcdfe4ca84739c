import {figure, safeLine} from '../../src/base/text.ts'
import {agentLook} from '../../src/client/panes/agent-look.ts'
import {money} from '../../src/client/text/format.ts'
import {cutLine, type Line, lineWidth, type Segment} from '../../src/client/text/line.ts'
import type {Theme, Tone} from '../../src/client/text/theme.ts'
import {shortAgent} from '../../src/model/data/ids.ts'
import type {AgentRow} from '../../src/protocol/daemon.ts'

/** Columns of a title line that are neither title nor figures: corners, dashes and blanks. */
const FRAME = 9
/** A narrower pane than this one says the agent's number without its zeros. */
const NARROW = 24
/** Fewer columns of an issue's title say nothing. */
const LEAST_TITLE = 8
/** Fewest columns of what the agent does; the name of a tool fits. */
const LEAST_DOING = 9

type PaneTitle = {title: Line; figures: Line; tone: Tone}

/**
 * What the border of an agent's pane says, in `width` columns. Its name, its ticket and its state's glyph are always
 * there; then, as far as there is room: what it does, the title, since when, what it asks for, the cost, what its tool
 * works on.
 */
export function paneTitle(drawn: {
  agent: AgentRow
  /** Age of its state: `3m`. */
  since: string
  /** Lines that the pane is scrolled back. */
  scrolled: number
  attached: boolean
  focused: boolean
  width: number
  glyphs: Theme['glyphs']
}): PaneTitle {
  const {agent, since, scrolled, attached, focused, width, glyphs} = drawn
  const {glyph, tone} = agentLook(agent, glyphs)
  const short = shortAgent(agent.agent)
  const name: Segment = {text: width < NARROW ? short.replace(/^a0+/, 'a') : short, bold: focused}
  const now: Line = [
    ...(scrolled > 0 ? [{text: `${glyphs.high}${figure(scrolled)} `, tone: 'accent' as const, bold: true}] : []),
    ...(attached ? [{text: 'typing ', tone: 'accent' as const, bold: true}] : []),
    {text: glyph, tone},
  ]
  const activity: Segment = {text: ` ${safeLine(agent.activity)}`, tone}
  const doing: Segment = {text: agent.doing === '' ? '' : ` ${safeLine(agent.doing)}`, tone}
  const age: Segment = {text: ` ${since}`, tone: tone === 'attention' ? tone : 'muted'}
  const ticket: Line = agent.ticket === null ? [] : [{text: ` #${agent.ticket}`, tone: 'muted'}]
  const words = agent.title === null ? '' : safeLine(agent.title)
  const title: Line = words === '' ? [] : [{text: ` ${words}`, bold: focused}]
  const cost: Line = agent.ticketCost === null ? [] : [{text: ` ${money(agent.ticketCost)}`, tone: 'muted'}]

  let room = width - FRAME - lineWidth([name, ...ticket, ...now])
  const fits = (part: Line, least = lineWidth(part)): boolean => {
    if (least === 0 || least > room) return false
    room -= least
    return true
  }
  const least = Math.min(lineWidth(title), LEAST_TITLE)
  const leastDoing = Math.min(lineWidth([doing]), LEAST_DOING)
  const asks = tone === 'attention'
  const has = {
    activity: fits([activity]),
    // Many panes are told apart by what they are about; what is asked for can be read in the pane.
    title: fits(title, least),
    age: fits([age]),
    asked: asks && fits([doing], leastDoing),
    cost: fits(cost),
  }
  const spare = asks || !has.title ? room : room - (lineWidth(title) - least)
  const workWidth = has.asked ? leastDoing + spare : asks || !has.activity || spare < leastDoing ? 0 : spare
  const work: Line = workWidth > 0 ? cutLine([doing], workWidth) : []
  return {
    tone,
    title: [name, ...ticket, ...(has.title ? title : [])],
    figures: [
      ...now,
      ...(has.activity ? [activity] : []),
      ...work,
      ...(has.age ? [age] : []),
      ...(has.cost ? cost : []),
    ],
  }
}
