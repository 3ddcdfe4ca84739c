import {assign, type StateValueFrom, setup} from 'xstate'
import type {Effect} from '../../data/effects.ts'
import {
  type BundleCommit,
  type BundleMember,
  type NotedTest,
  notedNames,
  type OpenTrial,
} from '../../data/landing/bundle.ts'
import {type LandTerms, NO_TERMS} from '../../data/landing/terms.ts'
import type {CheckFailure} from '../../data/pull.ts'
import type {MergeMethod} from '../../landing/merge-method.ts'
import {type MachineState, stepper} from '../../machine.ts'

/** What is known of the train beside its state. */
export type TrainContext = {
  /** Branch of the whole bundle; empty: none is under way. */
  branch: string
  /** Who is aboard, in the order in which their work lies on top of each other. */
  members: readonly BundleMember[]
  /** How many members, from the first, each trial tests together. */
  sizes: readonly number[]
  /** 0: the whole bundle is tested; it grows each time that the trials become others. */
  round: number
  /** Makes the bundle's commits others than before, so that checks run again. */
  attempt: number
  /** All members together were red, twice. */
  knownRed: boolean
  /** What failed last in it. */
  failures: readonly CheckFailure[]
  /** While it lands: how many members after those that land hold a bad one. */
  suspects: number
  method: MergeMethod
  /** What any of those who departed asks of the landing. */
  terms: LandTerms
  /** Main as the bundle was built on it; null: it is not built. */
  base: string | null
  commits: readonly BundleCommit[]
  trials: readonly OpenTrial[]
  /** When the trials were pushed, epoch milliseconds. */
  awaitedSince: number
  departedAt: number
  /** Looks at it that found it refused or another daemon landing. */
  refusals: number
  /** What it waits for. */
  reason: string | null
  epoch: number
}

/** What the trials test. */
export type Composition = Pick<TrainContext, 'members' | 'sizes' | 'round' | 'attempt' | 'knownRed' | 'failures'>

export type TrainEvent =
  /** `left`: what an earlier run of the daemon tested with this branch; null: it is a new one. */
  | {
      type: 'depart'
      at: number
      branch: string
      members: readonly BundleMember[]
      terms: LandTerms
      left: Composition | null
    }
  | {type: 'build'; at: number; composition: Composition; method?: MergeMethod}
  | {
      type: 'built'
      at: number
      base: string
      commits: readonly BundleCommit[]
      trials: readonly OpenTrial[]
      lookMs: number
    }
  | {type: 'look'; at: number; epoch: number}
  | {type: 'seen'; at: number; reason: string; lookMs: number}
  | {type: 'land'; at: number; trial: OpenTrial; suspects: number; failures: readonly CheckFailure[]}
  /** It did not land now, and may at the next look. */
  | {type: 'refused'; at: number; reason: string; lookMs: number}
  /** Nothing of it is under way any more: it landed, or its members go other ways. */
  | {type: 'end'; at: number}

/** The train's timer is among the tickets' timers; no issue has this number. */
export const TRAIN_TIMER = 0

/** A pause between looks doubles with refusals up to this. */
const LONGEST_PAUSE_MS = 10 * 60_000

function ask<E extends TrainEvent>(make: (args: {context: TrainContext; event: E}) => Effect) {
  return {type: 'emit' as const, params: make}
}

const boardBundle = ask<Extract<TrainEvent, {type: 'depart'}>>(({context, event}) => ({
  name: 'boardBundle',
  branch: context.branch,
  members: context.members,
  left: event.left === null ? [] : trialsOf(context),
}))
const buildBundle = ask(({context}) => ({
  name: 'buildBundle',
  branch: context.branch,
  members: context.members,
  trials: trialsOf(context),
  test: noted(context),
}))
const watchBundle = ask(({context: {branch, members, trials}}) => ({name: 'watchBundle', branch, members, trials}))
const landBundle = ask<Extract<TrainEvent, {type: 'land'}>>(({context, event: {trial}}) => ({
  name: 'landBundle',
  branch: context.branch,
  base: context.base ?? '',
  members: context.members.slice(0, trial.size),
  trial,
  test: noted(context),
  method: context.method,
  terms: context.terms,
}))
const lookLater = ask<Extract<TrainEvent, {lookMs: number}>>(({context, event}) => ({
  name: 'timer',
  ticket: TRAIN_TIMER,
  epoch: context.epoch,
  ms: Math.min(event.lookMs * 2 ** Math.min(context.refusals, 10), Math.max(event.lookMs, LONGEST_PAUSE_MS)),
}))
/** Closes the trials that the next composition no longer tests. */
const dropOthers = ask<Extract<TrainEvent, {type: 'build'}>>(({context, event: {composition}}) => {
  const kept = composition.sizes.map(size => trialBranch({...context, ...composition}, size))
  return {
    name: 'dropBundle',
    branch: context.branch,
    trials: context.trials.filter(({branch}) => !kept.includes(branch)),
  }
})
const dropAll = ask(({context: {branch, trials}}) => ({name: 'dropBundle', branch, trials}))

/** The whole bundle is tested on its own branch; a part of it on one that names the round and its size. */
function trialBranch({branch, members, round, knownRed}: TrainContext, size: number): string {
  return size === members.length && !knownRed ? branch : `${branch}-${round}-${size}`
}

function trialsOf(context: TrainContext) {
  return context.sizes.map(size => ({branch: trialBranch(context, size), size}))
}

function noted({members, sizes, round, attempt, knownRed, failures}: TrainContext): NotedTest {
  const tickets = members.map(({ticket}) => ticket)
  return {members: tickets, sizes, round, attempt, knownRed, failed: notedNames(failures)}
}

const again = {target: 'building', actions: [dropOthers, 'stamp', 'compose', buildBundle]} as const
const ended = {target: 'waiting', actions: [dropAll, 'stamp', 'clear']} as const

const NOTHING_ABOARD = {
  branch: '',
  members: [],
  sizes: [],
  round: 0,
  attempt: 0,
  knownRed: false,
  failures: [],
  suspects: 0,
  method: 'rebase',
  terms: NO_TERMS,
  base: null,
  commits: [],
  trials: [],
  awaitedSince: 0,
  departedAt: 0,
  refusals: 0,
  reason: null,
} as const satisfies Omit<TrainContext, 'epoch'>

const machine = setup({
  types: {context: {} as TrainContext, events: {} as TrainEvent},
  actions: {
    emit: (_, _effect: Effect) => {},
    stamp: assign({epoch: ({context}) => context.epoch + 1}),
    reason: assign({reason: ({context, event}) => ('reason' in event ? event.reason : context.reason)}),
    refused: assign({refusals: ({context}) => context.refusals + 1}),
    clear: assign(() => NOTHING_ABOARD),
    embark: assign(({event}) =>
      event.type === 'depart'
        ? {
            ...NOTHING_ABOARD,
            ...{branch: event.branch, members: event.members, terms: event.terms, departedAt: event.at},
            sizes: [event.members.length],
            ...event.left,
          }
        : {},
    ),
    compose: assign(({context, event}) =>
      event.type === 'build'
        ? {
            ...event.composition,
            method: event.method ?? context.method,
            ...{base: null, commits: [], trials: [], refusals: 0, reason: null},
          }
        : {},
    ),
    choose: assign(({event}) => (event.type === 'land' ? {suspects: event.suspects, failures: event.failures} : {})),
    push: assign(({event}) =>
      event.type === 'built'
        ? {base: event.base, commits: event.commits, trials: event.trials, awaitedSince: event.at}
        : {},
    ),
  },
}).createMachine({
  context: {} as TrainContext,
  initial: 'waiting',
  states: {
    waiting: {
      on: {
        depart: {
          target: 'boarding',
          actions: ['stamp', 'embark', boardBundle],
        },
      },
    },
    // The gate is asked about each member, and what the branch's rules admit is read.
    boarding: {on: {build: again, end: ended}},
    building: {
      on: {
        built: {
          target: 'testing',
          actions: ['stamp', 'push', lookLater],
        },
        build: again,
        end: ended,
      },
    },
    testing: {
      on: {
        look: {guard: ({context, event}) => event.epoch === context.epoch, actions: [watchBundle]},
        seen: {actions: ['reason', lookLater]},
        land: {target: 'landing', actions: ['stamp', 'choose', landBundle]},
        build: again,
        end: ended,
      },
    },
    landing: {
      on: {
        // Read once more right before the merge, something speaks against it.
        seen: {target: 'testing', actions: ['stamp', 'reason', lookLater]},
        refused: {target: 'testing', actions: ['stamp', 'reason', 'refused', lookLater]},
        build: again,
        end: ended,
      },
    },
  },
})

export type TrainValue = StateValueFrom<typeof machine> & string
export type TrainState = MachineState<TrainValue, TrainContext>

export const WAITING_TRAIN: TrainState = {value: 'waiting', context: {...NOTHING_ABOARD, epoch: 0}}

/** Moves the train; what it asks for comes as effects. Events that mean nothing in its state change nothing. */
export const stepTrain = stepper<typeof machine, TrainContext, Effect>(machine)
