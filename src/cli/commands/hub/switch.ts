import * as z from 'zod'
import {stateFolder} from '../../../base/paths.ts'
import {defineCommand} from '../../define.ts'

export const off = switchCommand('off', 'silence the hub: its commands and hooks do nothing and end well', [
  ['clambake off', 'for all projects of this user; agents and landing continue'],
  ['clambake off --project', 'only for this repository'],
])

export const on = switchCommand('on', 'end clambake off', [
  ['clambake on', 'sessions see each other again'],
  ['clambake on --project', 'also in this repository'],
])

function switchCommand(to: 'on' | 'off', summary: string, examples: [string, string][]) {
  return defineCommand({
    name: to,
    summary,
    does: 'acts',
    options: {project: {flags: '--project', description: 'only for this repository'}},
    schema: () => z.object({project: z.boolean().default(false)}),
    examples,
    async run({project}, context) {
      const [{hookPaths}, {switchHub}, {projectHere}] = await Promise.all([
        import('../../../hub/hooks/folder.ts'),
        import('../../../hub/hooks/switch.ts'),
        import('../../hub/off.ts'),
      ])
      const here = project ? {root: (await context.place()).root, is: await projectHere(context.place)} : null
      const changed = switchHub(hookPaths(stateFolder(context.env)), to, here?.is ?? null)
      return {hub: to, project: here?.root ?? null, changed}
    },
    text({project, changed}) {
      const where = project === null ? 'for you' : `for ${project}`
      return changed ? `The hub is ${to} ${where}.` : `The hub was ${to} ${where} already.`
    },
  })
}
