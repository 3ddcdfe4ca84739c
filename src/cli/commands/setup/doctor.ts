import {z} from 'zod'
import {EXIT} from '../../../base/errors.ts'
import {safeLine} from '../../../base/text.ts'
import {defineCommand} from '../../define.ts'

const GLYPHS = {good: '✓', hint: '◆', bad: '✗', unknown: '·'} as const

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'check this machine, the repository and GitHub, and say how to fix what is wrong',
  options: {format: {flags: '--format <format>', description: 'text or json'}},
  schema: z.object({format: z.enum(['text', 'json']).default('text')}),
  examples: [
    ['clambake doctor', 'one line per check; changes nothing'],
    ['clambake doctor --format json', 'for a script: name, state, detail and mend of each check'],
  ],
  async run({format}, context) {
    const {runDoctor} = await import('../../doctor/run.ts')
    return {format, findings: await runDoctor(context)}
  },
  text({format, findings}) {
    if (format === 'json') return JSON.stringify({findings})
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
