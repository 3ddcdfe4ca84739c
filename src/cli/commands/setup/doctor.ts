import * as z from 'zod'
import {EXIT} from '../../../base/errors.ts'
import {safeLine} from '../../../base/text.ts'
import {defineCommand, FORMAT_OPTION, format} from '../../define.ts'
import type {Finding} from '../../doctor/finding.ts'

const GLYPHS = {good: '✓', hint: '◆', bad: '✗', unknown: '·'} as const

/** What a script gets, by `--json` and by `--format json`; docs/commands.md has its shape. */
function report({findings}: {findings: readonly Finding[]}): {findings: readonly Finding[]} {
  return {findings: findings.map(({name, state, detail, mend}) => ({name, state, detail, mend}))}
}

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'check this machine, the repository and GitHub, and say how to fix what is wrong',
  does: 'reads',
  options: {format: FORMAT_OPTION},
  schema: () => z.object({format}),
  examples: [
    ['clambake doctor', 'one line per check; changes nothing'],
    ['clambake doctor --json', 'for a script: {"findings": [{name, state, detail, mend}]}; --format json is the same'],
  ],
  async run(_, context) {
    const {runDoctor} = await import('../../doctor/run.ts')
    return {findings: await runDoctor(context)}
  },
  json: result => report(result),
  text({findings}) {
    const width = Math.max(...findings.map(({name}) => name.length))
    const lines = findings.flatMap(({name, state, detail, mend}) => [
      `${GLYPHS[state]} ${name.padEnd(width)}  ${safeLine(detail)}`,
      ...(mend === null ? [] : [`  ${' '.repeat(width)}  → ${safeLine(mend)}`]),
    ])
    const count = (state: keyof typeof GLYPHS) => findings.filter(finding => finding.state === state).length
    const sum = count('bad') > 0 ? `${count('bad')} to fix` : 'agents can work here'
    return [...lines, '', `${sum}${count('hint') > 0 ? `, ${count('hint')} could be better` : ''}`].join('\n')
  },
  exit: ({findings}) => (findings.some(({state}) => state === 'bad') ? EXIT.needsHuman : EXIT.good),
})
