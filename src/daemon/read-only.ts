import {disposable} from '../base/dispose.ts'
import {ClambakeError} from '../base/errors.ts'
import type {GithubGateway} from '../model/gateways/github.ts'
import type {HostGateway} from '../model/gateways/host.ts'
import type {HubGateway} from '../model/gateways/hub.ts'
import type {DaemonApi} from '../protocol/daemon.ts'
import type {World} from './world.ts'

/** The methods that a read-only run may call; all others are refused, so a new method is refused until it is listed. */
const READS: {
  git: readonly (keyof World['git'])[]
  github: readonly (keyof GithubGateway)[]
  host: readonly (keyof HostGateway)[]
  hub: readonly (keyof HubGateway)[]
} = {
  // A fetch changes only refs of this clone: those that track the remote, the last tip of main, and kept commits.
  git: [
    ...([
      'fetch',
      'cloneChanged',
      'commitFault',
      'halt',
      'claims',
      'owners',
      'worktrees',
      'inspect',
      'lastChange',
      'remoteHead',
      'isOnMain',
      'openRadar',
    ] as const),
    ...([
      'localHeads',
      'diff',
      'changesOf',
      'fileDiff',
      'linesOf',
      'whoWrote',
      'changedPaths',
      'mergedPaths',
      'mainFiles',
      'branchStart',
      'readMain',
      'orphans',
      'rescues',
      'leftovers',
      'diskUse',
      'objectBytes',
      'left',
      'lastStep',
      'lostCommits',
      'landingHolder',
      'landedWork',
      'remoteHeads',
      'workChanges',
    ] as const),
  ],
  github: [
    ...(['repository', 'snapshot', 'issue', 'discussion', 'pull', 'pullOfBranch', 'closedPulls'] as const),
    ...([
      'checkRows',
      'review',
      'words',
      'showing',
      'budget',
      'bundleRules',
      'gateIssues',
      'pullsOfBranches',
      'checkLog',
    ] as const),
  ],
  host: ['panes', 'text', 'mail', 'onMail', 'onPane'],
  hub: ['recent', 'history', 'messages', 'instances', 'flush'],
}

/** The daemon's methods that change nothing. */
export const READING_METHODS: readonly (keyof DaemonApi)[] = [
  ...([
    'state',
    'refresh',
    'peek',
    'landPlan',
    'landingReport',
    'orphans',
    'scanStep',
    'rescues',
    'cleanupPlan',
    'mismatches',
    'issue',
    'pull',
    'diff',
    'hunks',
    'changes',
    'changedFile',
    'reviewDraft',
    'reviewReaders',
  ] as const),
  ...(['messages', 'mailbox', 'recall', 'claims', 'who', 'history', 'events', 'why', 'context', 'diagnose'] as const),
]

/** The error for what a read-only run does not do. */
export function readOnlyError(what: string): ClambakeError {
  return new ClambakeError({
    code: 'read-only',
    message: `${what} would change something, and this is a read-only run`,
    kept: 'nothing was changed',
    next: 'start it again without --read-only',
  })
}

/** Wraps a world so that every write rejects with `read-only`. */
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
      // `append` is the one write that returns no promise.
      if (key === 'append') {
        return () => {
          throw readOnlyError('append')
        }
      }
      return () => Promise.reject(readOnlyError(String(key)))
    },
  })
}

/** A host without terminals, for a read-only run where no terminal host runs: it starts none. */
export function noHost(): HostGateway {
  const refuse = (what: string) => () => Promise.reject(readOnlyError(what))
  return {
    panes: async () => [],
    output: async () => [],
    text: async () => '',
    leftBehind: async () => [],
    mail: async () => [],
    onMail: () => disposable(() => {}),
    onPane: () => disposable(() => {}),
    spawn: refuse('spawn'),
    write: refuse('write'),
    note: refuse('note'),
    stop: refuse('stop'),
    close: refuse('close'),
    endLeftBehind: refuse('endLeftBehind'),
    answer: refuse('answer'),
  }
}

/** A hub without history, for read-only runs: opening the hub's database would create or migrate it. */
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
    messageExpired: refuse('messageExpired'),
    register: refuse('register'),
    deregister: refuse('deregister'),
  }
}
