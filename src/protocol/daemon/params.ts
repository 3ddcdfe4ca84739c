import * as z from 'zod'
import type {Treatment} from '../../model/core/treatment.ts'
import {AGENT_ID, type AgentId} from '../../model/data/ids.ts'
import {landTerms} from '../../model/data/landing/terms.ts'
import {LOAD_BALANCES} from '../../model/data/load-balance.ts'
import {ORPHAN_KINDS, RECOVER_ACTIONS} from '../../model/data/recovery/orphan.ts'
import {ACTS, type Act, PARTS, STRATEGIES} from '../../model/data/show.ts'
import {THINK_LEVELS} from '../../model/data/think-level.ts'
import {TRACE_LEVELS} from '../../model/data/trace-level.ts'
import {MAIL_KINDS, MAX_LIFE_MS} from '../../model/hub/mail.ts'
import {MEMORY_STATUSES, MEMORY_TYPES, type MemoryRef, parseMemoryRef} from '../../model/hub/memory/memory.ts'
import {halt} from '../../model/landing/halt.ts'
import {PATTERNS} from '../../model/recovery/finding.ts'
import {checkParams} from '../check-params.ts'
import type {DaemonApi} from '../daemon.ts'
import {diffOf, reviewDraft} from './review-params.ts'

const agent = z.custom<AgentId>(
  value => typeof value === 'string' && AGENT_ID.test(value),
  'is not an agent like agent001',
)
const number = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER)
const numbers = z.array(number).max(10_000)
const limit = z.number().int().min(1).max(100_000)
const name = z.string().min(1).max(4096)
const claim = name.nullable()
const meant = z.strictObject({ticket: number.nullable(), claim}).exactOptional()
const meantTicket = z.strictObject({ticket: number, claim})
const meants = z.array(meantTicket).max(10_000)
const label = z.string().max(1000)
const think = z.enum(THINK_LEVELS).exactOptional()
const flag = z.boolean().exactOptional()
const terms = z.strictObject(landTerms.unwrap().shape)
const nothing = z.strictObject({})
/** Keys of two sides of a conflict; null: main. */
const sidePair = z.strictObject({one: name, other: name.nullable()})

const answer = z.discriminatedUnion('kind', [
  z.strictObject({kind: z.literal('allow')}),
  z.strictObject({kind: z.literal('always')}),
  z.strictObject({kind: z.literal('deny'), message: z.string().max(100_000).exactOptional()}),
  z.strictObject({
    kind: z.literal('choose'),
    choices: z.array(z.array(z.number().int().min(1).max(1000)).max(1000)).max(100),
  }),
])

const sync = {
  all: flag,
  agents: z.array(agent).max(1000).exactOptional(),
  tickets: numbers.exactOptional(),
  strategy: z.enum(STRATEGIES).exactOptional(),
}

const treatment = z.custom<Treatment>(
  value => typeof value === 'object' && value !== null && 'do' in value,
  'is not what a cure does',
)
const shownRow = z.strictObject({
  ticket: number,
  claim,
  part: z.enum(PARTS),
  wanted: z.string(),
  found: z.string(),
  act: z.enum(Object.keys(ACTS) as Act[]),
})

/** Schemas of all parameters of the daemon's methods; a field that is not listed is refused. */
export const DAEMON_PARAMS: {readonly [Method in keyof DaemonApi]: z.ZodType<DaemonApi[Method]['params']>} = {
  pop: z.strictObject({
    issue: number.exactOptional(),
    mine: flag,
    think,
    force: flag,
    over: z.string().max(10_000).exactOptional(),
  }),
  peek: z.strictObject({limit}),
  route: z.strictObject({
    issue: number.exactOptional(),
    priority: z.enum(['unblocker', 'merge', 'high', 'medium', 'low', 'none']).exactOptional(),
    labels: z.array(label).max(1000).exactOptional(),
    excludeLabels: z.array(label).max(1000).exactOptional(),
    force: flag,
    max: z.number().int().min(0).max(1_000_000).exactOptional(),
    dryRun: flag,
    think,
    maxConcurrent: z.number().int().min(0).max(1_000_000).exactOptional(),
    balance: z.enum(LOAD_BALANCES).exactOptional(),
    checkDependencies: flag,
    trace: z.enum(TRACE_LEVELS).exactOptional(),
  }),
  pass: z.strictObject({agents: z.boolean(), timeoutMs: z.number().min(0).nullable()}),
  startAgent: z.strictObject({agent}),
  stopAgent: z.strictObject({agent, meant}),
  answerAgent: z.strictObject({agent, id: z.number().int().min(0).exactOptional(), answer, meant}),
  // The text's own check says what is wrong with it.
  send: z.strictObject({to: name, text: z.string(), program: flag, meant}),
  messages: z.strictObject({agent: agent.exactOptional(), limit}),
  context: z.strictObject({agent}),
  compact: z.strictObject({agent, meant}),
  clear: z.strictObject({agent, meant}),
  history: z.strictObject({agent, limit}),
  who: nothing,
  mailbox: z.strictObject({limit, peer: name.exactOptional()}),
  post: z.strictObject({
    to: name,
    kind: z.enum(MAIL_KINDS),
    text: z.string(),
    resource: name.exactOptional(),
    lifeMs: z.number().int().min(1).max(MAX_LIFE_MS).exactOptional(),
    answers: number.exactOptional(),
    claim: name.exactOptional(),
  }),
  readMail: z.strictObject({ids: numbers}),
  recall: z.strictObject({
    query: z.string().max(4096),
    limit: z.number().int().min(1).max(1000),
    types: z.array(z.enum(MEMORY_TYPES)).max(100).exactOptional(),
    tags: z.array(label).max(100).exactOptional(),
    files: z.array(name).max(100).exactOptional(),
    statuses: z.array(z.enum(MEMORY_STATUSES)).max(100).exactOptional(),
  }),
  memoryStatus: z.strictObject({
    ref: z.custom<MemoryRef>(
      value => typeof value === 'string' && parseMemoryRef(value) !== null,
      'is not a memory like 12',
    ),
    status: z.enum(MEMORY_STATUSES),
  }),
  bottle: z.strictObject({agent, meant}),
  landPlan: z.strictObject({
    tickets: numbers.exactOptional(),
    terms: terms.exactOptional(),
    look: z.boolean().exactOptional(),
  }),
  land: z.strictObject({tickets: meants.exactOptional(), lift: halt.exactOptional(), terms: terms.exactOptional()}),
  landingReport: z.strictObject({tickets: numbers}),
  pauseLanding: z.strictObject({reason: z.string().max(200)}),
  orphans: z.strictObject({all: flag}),
  scanStep: nothing,
  recover: z.strictObject({
    kind: z.enum(ORPHAN_KINDS),
    name,
    action: z.enum(RECOVER_ACTIONS),
    force: flag,
    group: z.string().min(1).max(100).exactOptional(),
  }),
  rescues: nothing,
  restore: z.strictObject({ref: name, paths: z.array(name).max(10_000), into: name.nullable()}),
  undo: z.strictObject({dryRun: flag, at: name.exactOptional()}),
  diagnose: z.strictObject({agent: agent.exactOptional(), issue: number.exactOptional()}),
  cure: z.strictObject({
    pattern: z.enum(PATTERNS),
    subject: name,
    shown: z.strictObject({treatment, claim}).exactOptional(),
  }),
  reset: z.strictObject({
    agent,
    meant: meantTicket.exactOptional(),
    dryRun: flag,
    group: z.string().min(1).max(100).exactOptional(),
  }),
  cleanupPlan: nothing,
  cleanUp: z.strictObject({
    what: z.enum(['worktree', 'branch', 'tracking', 'pin', 'landed', 'rescue']),
    name,
    group: z.string().min(1).max(100),
  }),
  mismatches: z.strictObject(sync),
  sync: z.strictObject({...sync, force: flag, shown: z.array(shownRow).max(10_000).exactOptional()}),
  issue: z.strictObject({number}),
  pull: z.strictObject({number}),
  diff: z.strictObject({ticket: number}),
  changes: z.strictObject({of: diffOf}),
  changedFile: z.strictObject({of: diffOf, path: name, from: name.nullable()}),
  reviewDraft: z.strictObject({of: diffOf}),
  reviewReaders: z.strictObject({of: diffOf}),
  keepReview: z.strictObject({of: diffOf, draft: reviewDraft}),
  submitReview: z.strictObject({
    of: diffOf,
    id: z.string().min(1).max(64),
    publish: z.enum(['no', 'comment', 'changes']),
    head: z.string().max(64).exactOptional(),
    readers: meants.exactOptional(),
  }),
  hunks: sidePair,
  tellConflict: sidePair,
  claims: nothing,
  events: z.strictObject({limit}),
  why: z.strictObject({subject: name}),
  state: nothing,
  refresh: nothing,
  shutdown: nothing,
}

/** Checks a call's parameters. Throws `bad-params`, which names the wrong field. */
export function parseDaemonParams<M extends keyof DaemonApi>(method: M, params: unknown): DaemonApi[M]['params'] {
  return checkParams(DAEMON_PARAMS[method], method, params)
}
