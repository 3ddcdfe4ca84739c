import type {Assignment} from '../../model/data/assignment.ts'
import type {ThinkLevel} from '../../model/data/think-level.ts'
import {thinkingFor} from '../../model/routing/thinking.ts'
import {refuseEdited} from '../approval.ts'
import type {AgentGateways} from '../gateways.ts'
import {type Template, textForFile} from '../prompts.ts'
import {promptKind, templateFile} from '../templates.ts'

type IssueText = {number: number; title: string; body: string; labels: readonly string[]}

/**
 * The issue as it is now; if GitHub has none, the title in the claim. Throws `edited-after-approval` when it is given as
 * a task.
 */
export async function issueOf(
  {github, book, config}: AgentGateways,
  ticket: number,
  {asTask}: {asTask: boolean},
): Promise<IssueText> {
  const issue = await github.issue(ticket)
  if (issue && asTask) await refuseEdited({book, config}, issue)
  const title = issue?.title ?? book.get(ticket)?.record.title ?? ''
  return {number: ticket, title, body: issue?.body ?? '', labels: issue?.labels ?? []}
}

/**
 * Collects what the prompt of a turn says: the issue, the think level, the repository's template. A text that is too
 * long for a prompt is put into a file of the worktree's git folder. Throws `edited-after-approval`.
 */
export async function promptDetails(
  gateways: AgentGateways,
  ticket: number,
  assignment: Assignment,
  worktree: string,
): Promise<IssueText & {think: ThinkLevel; template: Template | null; file: string | undefined}> {
  const {git, book, config} = gateways
  const issue = await issueOf(gateways, ticket, {asTask: ['first', 'repair'].includes(assignment.kind)})
  const asked = book.get(ticket)?.record.think
  const {level: think} = thinkingFor({asked, assignment, issue, fallback: config.agents.think_level})
  const kind = promptKind(assignment, issue, config.routing.priority_labels['ready-to-merge'])
  const file = kind && templateFile(kind)
  const text = file && (await git.readMain(file))
  const long = textForFile(issue)
  const whole = long === null ? undefined : await git.keepIssueText(worktree, long)
  return {...issue, think, template: file && text ? {file, text} : null, file: whole}
}

/** What earlier sessions keep about a task. */
export function memoryOf({memory}: AgentGateways, {title, body, labels}: IssueText): Promise<string | null> {
  return memory({text: `${title}\n${body}`, labels})
}
