import {disposable} from '../base/dispose.ts'
import {ClambakeError} from '../base/errors.ts'
import type {GithubGateway} from '../model/gateways/github.ts'
import type {HostGateway} from '../model/gateways/host.ts'
import type {HubGateway} from '../model/gateways/hub.ts'
import type {DaemonApi} from '../protocol/daemon.ts'
import type {World} from './world.ts'

/** What a read-only run may do; whatever is not named here is refused, so a new method is refused until it is thought of. */
const READS: {
  git: readonly (keyof World['git'])[]
  github: readonly (keyof GithubGateway)[]
  host: readonly (keyof HostGateway)[]
  hub: readonly (keyof HubGateway)[]
} = {
  // A fetch changes only this clone's copies of the remote.
  git: [
    ...([
      'fetch',
      'takeRewrite',
      'claims',
      'owners',
      'worktrees',
      'inspect',
      'remoteHead',
      'isOnMain',
      'conflictsWithMain',
    ] as const),
    ...([
      'localHeads',
      'diff',
      'changedPaths',
      'mergedPaths',
      'mainFiles',
      'branchStart',
      'changesNothing',
      'readMain',
      'orphans',
      'lostCommits',
      'landingHolder',
    ] as const),
  ],
  github: [
    ...(['repository', 'snapshot', 'openIssues', 'issue', 'discussion', 'openPulls', 'pull', 'pullOfBranch'] as const),
    ...(['checks', 'checkRows', 'review', 'showing', 'budget'] as const),
  ],
  host: ['panes', 'text', 'mail', 'onMail', 'onPane'],
  hub: ['recent', 'history', 'messages', 'instances', 'flush'],
}

/** Methods of the daemon that change nothing. */
export const READING_METHODS: readonly (keyof DaemonApi)[] = [
  ...([
    'state',
    'refresh',
    'peek',
    'landPlan',
    'orphans',
    'cleanupPlan',
    'mismatches',
    'issue',
    'pull',
    'diff',
  ] as const),
  ...(['messages', 'claims', 'who', 'history', 'events', 'why', 'context', 'diagnose'] as const),
]

export function readOnlyError(what: string): ClambakeError {
  return new ClambakeError({
    code: 'read-only',
    message: `${what} would change something, and this is a read-only run`,
    kept: 'everything is as it was',
    next: 'start it again without --read-only',
  })
}

/** The same world, in which every write rejects with `read-only`. */
export function readOnlyWorld(world: World): World {
  return {
    ...world,
    readOnly: true,
    git: onlyReading(world.git, READS.git),
    github: onlyReading(world.github, READS.github),
    host: onlyReading(world.host, READS.host),
    hub: onlyReading(world.hub, READS.hub),
  }
}

function onlyReading<Gateway extends object>(gateway: Gateway, reads: readonly (keyof Gateway)[]): Gateway {
  return new Proxy(gateway, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key)
      if (typeof member !== 'function') return member
      if (reads.includes(key as keyof Gateway)) return member.bind(target)
      // The one write that gives no promise.
      if (key === 'append') {
        return () => {
          throw readOnlyError('append')
        }
      }
      return () => Promise.reject(readOnlyError(String(key)))
    },
  })
}

/** No terminals: what a read-only run has where no terminal host runs, since it starts none. */
export function noHost(): HostGateway {
  const refuse = (what: string) => () => Promise.reject(readOnlyError(what))
  return {
    panes: async () => [],
    output: async () => [],
    text: async () => '',
    mail: async () => [],
    onMail: () => disposable(() => {}),
    onPane: () => disposable(() => {}),
    spawn: refuse('spawn'),
    write: refuse('write'),
    note: refuse('note'),
    stop: refuse('stop'),
    close: refuse('close'),
    answer: refuse('answer'),
  }
}

/** No history: opening the hub's database would make or migrate it. */
export function noHub(): HubGateway {
  const refuse = (what: string) => () => Promise.reject(readOnlyError(what))
  return {
    recent: async () => [],
    history: async () => [],
    messages: async () => [],
    instances: async () => [],
    flush: async () => {},
    append: () => {},
    send: refuse('send'),
    messageDelivered: refuse('messageDelivered'),
    register: refuse('register'),
    deregister: refuse('deregister'),
  }
}
