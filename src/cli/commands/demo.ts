import {z} from 'zod'
import type {PassReport} from '../../protocol/daemon.ts'
import {defineCommand} from '../define.ts'
import {positiveInteger} from '../inputs.ts'
import {onceExit, onceText} from '../once/report.ts'

export const demo = defineCommand({
  name: 'demo',
  summary: 'agents take nine issues of a sample repository and land them, on a GitHub of its own',
  options: {
    once: {flags: '--once', description: 'without the screen: progress and a report'},
    agents: {flags: '--agents <n>', description: 'how many agents (default 4)'},
    serve: {flags: '--serve', description: 'only start the GitHub and the repository, and say where they are'},
  },
  schema: z.object({
    once: z.boolean().default(false),
    serve: z.boolean().default(false),
    agents: positiveInteger.default(4),
  }),
  examples: [
    ['clambake demo', 'full screen in a terminal, a report where there is none'],
    ['clambake demo --json', 'one JSON object: merged, skipped, needsHuman, lost, …'],
    ['clambake demo --serve', 'leave it running, for experiments of your own'],
  ],
  async run({once, serve, agents}, context): Promise<PassReport | null> {
    const demos = await import('../demo/demo.ts')
    if (serve) await demos.serveDemo(context, {agents})
    else if (once || context.json || !context.interactive) return demos.demoOnce(context, {agents})
    else await demos.demoScreen(context, {agents})
    return null
  },
  text: report =>
    report
      ? `${onceText(report)}\n\nTry it live: npm run demo in a terminal. Then, in a repository of yours: clambake peek`
      : '',
  exit: report => (report ? onceExit(report) : 0),
})
