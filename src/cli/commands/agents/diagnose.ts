import * as z from 'zod'
import {EXIT} from '../../../base/errors.ts'
import {safeLine} from '../../../base/text.ts'
import {count} from '../../../base/words.ts'
import {type AgentId, parseAgentId} from '../../../model/data/ids.ts'
import type {Finding, FoundNow} from '../../../protocol/daemon.ts'
import type {CommandContext} from '../../context.ts'
import {defineCommand} from '../../define.ts'
import {agentArgument, agentName} from '../../inputs.ts'
import {cureText, type Diagnosed, diagnosedText, needsPerson, type Step, unreadLine} from '../../output/diagnosed.ts'

/** An agent or an issue; a bare number is an issue. */
const subject = z.string().transform((text, check): {agent?: AgentId; issue?: number} => {
  if (/^#?[1-9]\d*$/.test(text)) return {issue: Number(text.replace('#', ''))}
  const agent = parseAgentId(text)
  if (agent) return {agent}
  check.addIssue({code: 'custom', message: 'is neither an agent like agent001 nor an issue like 123'})
  return z.NEVER
})
const dryRunOption = {flags: '--dry-run', description: 'only print what would be done'}

export const agentsDiagnose = defineCommand({
  name: 'agents diagnose',
  summary: 'find contradictions between labels, claims, branches, worktrees and processes',
  does: 'acts',
  args: [
    {
      key: 'subject',
      name: 'agent or issue',
      required: false,
      description: 'an agent or an issue, like agent001 or 123 (default: all)',
    },
  ],
  options: {
    fix: {flags: '--fix', description: 'apply the safe cures now instead of waiting for the daemon'},
    dryRun: dryRunOption,
  },
  schema: () =>
    z.object({
      subject: subject.optional(),
      fix: z.boolean().default(false),
      dryRun: z.boolean().default(false),
    }),
  examples: [
    ['clambake agents diagnose', 'list everything that is stuck, and its cure'],
    ['clambake agents diagnose 123 --fix', 'apply the safe cures for issue 123'],
  ],
  async run({subject, fix, dryRun}, context): Promise<Diagnosed> {
    const daemon = await context.daemon()
    const {findings, needs, unread} = await daemon.call('diagnose', subject ?? {}, {timeoutMs: null})
    const safe = findings.filter(({cure}) => cure.by === 'command' && cure.safe)
    return {findings, needs, unread, steps: fix || dryRun ? await treat(safe, dryRun, context) : [], dryRun}
  },
  text: (diagnosed, {clock}) => diagnosedText(diagnosed, clock.now()),
  exit: ({findings, needs, unread, steps}) =>
    needs.length + unread.length > 0 || findings.some(needsPerson) || steps.some(({refused}) => refused !== null)
      ? EXIT.needsHuman
      : EXIT.good,
})

export const agentsValidate = defineCommand({
  name: 'agents validate',
  summary: 'check that all records of agents and tickets agree; changes nothing',
  does: 'reads',
  schema: () => z.object({}),
  examples: [['clambake agents validate && clambake land', 'for scripts: exit code 0 if all agree, 1 if not']],
  async run(_, context) {
    const daemon = await context.daemon()
    return daemon.call('diagnose', {}, {timeoutMs: null})
  },
  text: ({findings, unread}) =>
    findings.length + unread.length === 0
      ? '✓ labels, claims, branches, worktrees and processes agree'
      : [
          ...findings.map(({pattern, subject, what}) => `✗ ${pattern}: ${safeLine(`${subject} ${what}`)}`),
          ...unread.map(unreadLine),
        ].join('\n'),
  exit: ({findings, unread}) => (findings.length + unread.length > 0 ? EXIT.needsHuman : EXIT.good),
})

export const agentsRecover = defineCommand({
  name: 'agents recover',
  summary: 'cure an agent and its ticket; work is saved before anything is ended',
  does: 'asks',
  args: [agentArgument],
  options: {
    dryRun: dryRunOption,
    yes: {flags: '--yes', description: 'apply the cures that end or remove something without asking'},
  },
  schema: () => z.object({agent: agentName, dryRun: z.boolean().default(false), yes: z.boolean().default(false)}),
  examples: [
    ['clambake agents recover agent001 --dry-run', 'print the steps'],
    ['clambake agents recover agent001', 'do what is safe, and ask before the rest'],
  ],
  async run({agent, dryRun, yes}, context): Promise<Diagnosed> {
    const daemon = await context.daemon()
    const {findings, needs, unread} = await daemon.call('diagnose', {agent}, {timeoutMs: null})
    const {agents} = await daemon.call('state', {})
    const issue = agents.find(row => row.agent === agent)?.ticket ?? null
    const more = issue === null ? [] : (await daemon.call('diagnose', {issue}, {timeoutMs: null})).findings
    const known = new Set(findings.map(({pattern, subject}) => `${pattern} ${subject}`))
    const all = [...findings, ...more.filter(({pattern, subject}) => !known.has(`${pattern} ${subject}`))]
    const curable = all.filter(({cure}) => cure.by === 'command')
    const isAsked = ({cure}: Finding) => cure.by === 'command' && !cure.safe
    const risky = curable.filter(isAsked)
    if (dryRun || risky.length === 0 || yes || (await asked(risky, context))) {
      return {findings: all, needs, unread, steps: await treat(curable, dryRun, context), dryRun}
    }
    const steps = await treat(
      curable.filter(finding => !isAsked(finding)),
      dryRun,
      context,
    )
    const left = risky.map(finding => ({
      finding,
      done: null,
      refused: 'it was not confirmed: --yes does it without asking',
    }))
    return {findings: all, needs, unread, steps: [...steps, ...left], dryRun}
  },
  text: (diagnosed, {clock}) => diagnosedText(diagnosed, clock.now()),
  exit: ({findings, unread, steps}) =>
    unread.length > 0 || findings.some(({cure}) => cure.by === 'person') || steps.some(({refused}) => refused !== null)
      ? EXIT.needsHuman
      : EXIT.good,
})

/** Asks before cures that end or remove something. */
function asked(risky: readonly Finding[], context: CommandContext): Promise<boolean> {
  for (const {subject, cure} of risky) context.say(safeLine(`${subject}: ${cureText({cure})}`))
  return context.confirm(`Apply ${count(risky.length, 'cure')}? Work is saved first.`)
}

async function treat(findings: readonly FoundNow[], dryRun: boolean, context: CommandContext): Promise<Step[]> {
  const daemon = await context.daemon()
  const steps: Step[] = []
  for (const finding of findings) {
    const step: Step = {finding, done: null, refused: null}
    steps.push(step)
    if (dryRun) continue
    try {
      const {pattern, subject, cure, claim} = finding
      const shown = cure.by === 'command' ? {shown: {treatment: cure.treatment, claim}} : {}
      step.done = (await daemon.call('cure', {pattern, subject, ...shown}, {timeoutMs: null})).done
    } catch (error) {
      // A cure that fails must not hide the others.
      step.refused = error instanceof Error ? error.message : String(error)
    }
  }
  return steps
}
