import * as z from 'zod'
import type {PassReport} from '../../protocol/daemon.ts'
import {defineCommand} from '../define.ts'
import {nextSteps} from '../demo/summary.ts'
import {agentCount} from '../inputs.ts'
import {onceExit, onceText} from '../once/report.ts'

export const demo = defineCommand({
  name: 'demo',
  summary: 'run agents on nine issues of a sample repository with a fake GitHub',
  does: 'acts',
  options: {
    once: {flags: '--once', description: 'print progress and a report instead of the screen'},
    agents: {flags: '--agents <n>', description: 'number of agents, 1 to 12 (default 4)'},
    serve: {flags: '--serve', description: 'only start the fake GitHub and the repository, and print where they are'},
  },
  schema: () =>
    z.object({
      once: z.boolean().default(false),
      serve: z.boolean().default(false),
      agents: agentCount.default(4),
    }),
  apart: [['serve', 'once']],
  examples: [
    ['clambake demo', 'the full screen in a terminal, a report elsewhere'],
    ['clambake demo --json', 'print one JSON object: merged, skipped, needsHuman, lost, …'],
    ['clambake demo --serve', 'keep GitHub and repository running for your own experiments'],
  ],
  async run({once, serve, agents}, context): Promise<PassReport | null> {
    const demos = await import('../demo/demo.ts')
    if (serve) await demos.serveDemo(context, {agents})
    else if (once || context.json || !context.interactive) return demos.demoOnce(context, {agents})
    else await demos.demoScreen(context, {agents})
    return null
  },
  text: (report, {env}) =>
    report ? `${onceText(report)}\n\nTry it live: npm run demo in a terminal.\n${nextSteps(env)}` : '',
  exit: report => (report ? onceExit(report) : 0),
})
