import {GATE_RULES, type GateLine, type GateRule, type GateSays} from './answer.ts'

/** One rule of the gate's answer as all places show it: `why`, `land` and the screen. */
export type GateRow = {
  /** One column wide. */
  glyph: string
  /** What the glyph's colour means. */
  tone: 'good' | 'working' | 'attention' | 'bad'
  rule: GateRule
  /** Can be read without glyph and colour. */
  text: string
}

const LOOKS: Record<GateSays, {glyph: string; tone: GateRow['tone']; word: string | null}> = {
  yes: {glyph: '✓', tone: 'good', word: null},
  merged: {glyph: '✓', tone: 'good', word: 'done'},
  stop: {glyph: '✗', tone: 'bad', word: 'stops it'},
  person: {glyph: '◆', tone: 'attention', word: 'needs you'},
  agent: {glyph: '✗', tone: 'bad', word: 'back to the agent'},
  approval: {glyph: '◆', tone: 'attention', word: 'needs you'},
  wait: {glyph: '◐', tone: 'working', word: 'waits'},
  update: {glyph: '◐', tone: 'working', word: 'main is merged in first'},
}

/** Columns of the longest rule's name. */
export const RULE_WIDTH = Math.max(...GATE_RULES.map(rule => rule.length))

/** The gate's answer, a row for each rule in the order in which people read them. */
export function gateRows(lines: readonly GateLine[]): GateRow[] {
  return lines.map(({rule, says, text}) => {
    const {glyph, tone, word} = LOOKS[says]
    return {glyph, tone, rule, text: word === null ? text : `${word}: ${text}`}
  })
}
