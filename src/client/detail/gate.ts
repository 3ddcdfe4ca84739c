import {safeLine} from '../../base/text.ts'
import {type GateRow, RULE_WIDTH} from '../../model/landing/gate/rows.ts'
import type {Line} from '../text/line.ts'
import {wrapLine} from '../text/wrap.ts'

/** The merge gate's answer, a rule below the other: glyph, name, and the text wrapped in its own column. */
export function gateLines(rows: readonly GateRow[], width: number): Line[] {
  return rows.flatMap(({glyph, tone, rule, text}) =>
    wrapLine([{text: safeLine(text), tone: tone === 'attention' || tone === 'bad' ? tone : 'text'}], width, {
      first: [
        {text: `${glyph} `, tone},
        {text: `${rule.padEnd(RULE_WIDTH)}  `, tone: 'muted'},
      ],
    }),
  )
}

/** The same below a heading, with an empty line above; none when the gate was not asked. */
export function gateSection(rows: readonly GateRow[], width: number): Line[] {
  return rows.length === 0 ? [] : [[], [{text: 'may it merge?', bold: true}], ...gateLines(rows, width)]
}
