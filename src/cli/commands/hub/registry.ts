import * as z from 'zod'
import {safeLine} from '../../../base/text.ts'
import {holdingFor} from '../../../model/hub/blockers.ts'
import {INSTANCE_STATUSES} from '../../../model/hub/instance.ts'
import type {Mail} from '../../../model/hub/mail.ts'
import {defineCommand} from '../../define.ts'
import {age, columns} from '../../output/text.ts'
import {reservationText} from './reservations.ts'

export const register = defineCommand({
  name: 'register',
  summary: 'register this session with the hub, so that others see it and can write to it',
  does: 'acts',
  options: {
    project: {
      flags: '--project <name>',
      description: 'what it works on (default: owner/name of the repository, or the folder)',
    },
    dir: {flags: '--dir <folder>', description: 'where it works (default: here)'},
    task: {flags: '--task <text>', description: 'what it is doing'},
    model: {flags: '--model <name>', description: 'what runs it (default: the name of the program)'},
  },
  schema: () =>
    z.object({
      project: z.string().min(1).optional(),
      dir: z.string().min(1).optional(),
      task: z.string().optional(),
      model: z.string().min(1).optional(),
    }),
  examples: [
    ['clambake register', 'the client or shell that runs the command is the session'],
    ['clambake register --task "moves the parser"', 'others see in clambake who what it does'],
  ],
  async run({project, dir, task, model}, context) {
    const hub = await context.hub()
    const {joinSelf} = await import('../../hub/self.ts')
    const self = await joinSelf(context, hub, {
      ...(project === undefined ? {} : {project}),
      ...(dir === undefined ? {} : {directory: dir}),
      ...(task === undefined ? {} : {task}),
      ...(model === undefined ? {} : {model}),
    })
    await hub.log({instance: self.id, project: self.project, action: 'started', detail: self.task})
    const [seen, blockers, unread] = await Promise.all([hub.seen(), hub.blockers(), hub.unread(self)])
    const others = seen.filter(({peer, standing}) => standing !== 'gone' && peer.id !== self.id)
    return {instance: self, others, blockers: holdingFor(blockers, self), unread}
  },
  text({instance, others, blockers, unread}) {
    const lines = [`This session is ${instance.id} in ${safeLine(instance.project)}.`]
    lines.push(
      others.length === 0 ? 'No other session is here.' : `Others: ${others.map(({peer}) => peer.id).join(', ')}`,
    )
    for (const blocker of blockers) lines.push(blockerText(blocker))
    if (unread > 0) lines.push(`${unread} unread: clambake read`)
    return lines.join('\n')
  },
})

export const heartbeat = defineCommand({
  name: 'heartbeat',
  summary: 'tell the hub that this session lives, and what it is doing',
  does: 'acts',
  options: {
    task: {flags: '--task <text>', description: 'what it is doing now'},
    status: {flags: '--status <status>', description: INSTANCE_STATUSES.join(', ')},
  },
  schema: () => z.object({task: z.string().optional(), status: z.enum(INSTANCE_STATUSES).optional()}),
  examples: [['clambake heartbeat --status busy --task "runs the migration"', 'registers the session if it is not']],
  async run({task, status}, context) {
    const hub = await context.hub()
    const changes = {...(task === undefined ? {} : {task}), ...(status === undefined ? {} : {status})}
    const {findSelf, joinSelf} = await import('../../hub/self.ts')
    const self = await findSelf(hub)
    if (self !== null && (await hub.beat(self.id, changes))) return {instance: self.id}
    return {instance: (await joinSelf(context, hub, changes)).id}
  },
  text: () => '',
})

export const deregister = defineCommand({
  name: 'deregister',
  summary: 'leave the hub; what this session holds is free again',
  does: 'acts',
  schema: () => z.object({}),
  examples: [['clambake deregister', 'a session whose program has ended is gone without it']],
  async run(_, context) {
    const hub = await context.hub()
    const {findSelf} = await import('../../hub/self.ts')
    const self = await findSelf(hub)
    if (self === null) return {instance: null}
    await hub.log({instance: self.id, project: self.project, action: 'shutdown', detail: self.task})
    await hub.leave(self.id)
    return {instance: self.id}
  },
  text: ({instance}) => (instance === null ? 'This session was not registered.' : `${instance} has left.`),
})

export const who = defineCommand({
  name: 'who',
  summary: 'list the sessions and working agents of all projects',
  does: 'reads',
  options: {all: {flags: '--all', description: 'also those of the last day that are gone'}},
  schema: () => z.object({all: z.boolean().default(false)}),
  examples: [['clambake who', 'show who works where, on what, and what is held or reserved']],
  off: 'The hub is off: clambake on turns it on again.',
  async run({all}, context) {
    const hub = await context.hub()
    const {whoIsHere} = await import('../../../hub/talk.ts')
    return whoIsHere(hub, {all})
  },
  text({instances, blockers, reservations}, {clock}) {
    const rows = instances.map(({id, standing, status, project, task, heartbeatAt}) => [
      id,
      safeLine(project),
      standing === 'active' ? status : standing,
      safeLine(task),
      `${age(clock.now() - heartbeatAt)} ago`,
    ])
    const table =
      rows.length === 0
        ? 'No agent is working and no session is registered.'
        : columns(
            [
              {title: 'WHO', max: 60},
              {title: 'PROJECT', max: 40},
              {title: 'STATUS'},
              {title: 'TASK', max: 50},
              {title: 'LAST SEEN', align: 'right'},
            ],
            rows,
          )
    const reserved = reservations.map(one => reservationText(one, clock.now()))
    return [table, ...blockers.map(blockerText), ...reserved].join('\n')
  },
})

function blockerText({resource, from, text}: Mail): string {
  return `${safeLine(resource ?? '')} is held by ${safeLine(from)}: ${safeLine(text)}`
}
