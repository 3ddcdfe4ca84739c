import * as z from 'zod'
import {durationMs} from '../../../base/duration.ts'
import {usageError} from '../../../base/errors.ts'
import {safeLine} from '../../../base/text.ts'
import {ACTIONS} from '../../../model/hub/session-log.ts'
import {defineCommand} from '../../define.ts'
import {positiveInteger} from '../../inputs.ts'
import {age, columns} from '../../output/text.ts'

const SHOWN = 30

export const log = defineCommand({
  name: 'log',
  summary: 'print what sessions of all projects did, or note what this one does',
  does: 'acts',
  args: [
    {key: 'action', name: 'action', required: false, description: ACTIONS.join(', ')},
    {
      key: 'detail',
      name: 'detail',
      required: false,
      description: 'what was done, in quotes; without it the log is printed',
    },
  ],
  options: {
    project: {flags: '--project <name>', description: 'only of this project'},
    instance: {flags: '--instance <name>', description: 'only of this session'},
    since: {flags: '--since <time>', description: 'only of the last 90s, 30m or 2h'},
    limit: {flags: '-n, --limit <n>', description: `number of entries (default ${SHOWN})`},
  },
  schema: () =>
    z.object({
      action: z.enum(ACTIONS).optional(),
      detail: z.string().min(1).optional(),
      project: z.string().optional(),
      instance: z.string().optional(),
      since: z.string().optional(),
      limit: positiveInteger.default(SHOWN),
    }),
  examples: [
    ['clambake log docker_operation "restarted the database"', 'note what this session did'],
    ['clambake log --project acme/shop --since 2h', 'what happened there in the last two hours'],
  ],
  async run({action, detail, project, instance, since, limit}, context) {
    const sinceMs = since === undefined ? null : durationMs(since)
    if (since !== undefined && sinceMs === null) {
      throw usageError({
        code: 'bad-usage',
        message: `log: --since ${since} is not a time such as 30m`,
        next: 'clambake log --help',
      })
    }
    const hub = await context.hub()
    if (action !== undefined && detail !== undefined) {
      const {senderOf} = await import('../../hub/self.ts')
      const sender = await senderOf(context, hub)
      const entry = {instance: sender.name, project: sender.project, action, detail}
      await hub.log(entry)
      return {entries: [], noted: entry}
    }
    const entries = await hub.logged({
      limit,
      ...(project === undefined ? {} : {project}),
      ...(instance === undefined ? {} : {instance}),
      ...(sinceMs === null ? {} : {since: context.clock.now() - sinceMs}),
    })
    return {entries: entries.filter(entry => action === undefined || entry.action === action), noted: null}
  },
  text({entries, noted}, {clock}) {
    if (noted !== null) return ''
    if (entries.length === 0) return 'Nothing is noted.'
    return columns(
      [
        {title: 'AGO', align: 'right'},
        {title: 'WHO', max: 40},
        {title: 'PROJECT', max: 30},
        {title: 'ACTION'},
        {title: 'WHAT', max: 70},
      ],
      entries.map(({at, instance, project, action, detail}) => [
        age(clock.now() - at),
        safeLine(instance),
        safeLine(project ?? ''),
        action,
        safeLine(detail),
      ]),
    )
  },
})
