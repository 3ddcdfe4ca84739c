import {z} from 'zod'
import type {GithubClient} from './client.ts'
import {statusOf} from './errors.ts'
import {anything} from './shapes.ts'

const labelShape = z.object({name: z.string()})

const REPOSITORY_LABELS = '/repos/{owner}/{repo}/labels'
const ISSUE_LABELS = '/repos/{owner}/{repo}/issues/{issue_number}/labels'

/** Colours as GitHub wants them, without a number sign. First match wins. */
const STYLES: readonly {pattern: RegExp; color: string; description: string}[] = [
  {pattern: /^route:ready$/, color: '0e8a16', description: 'An agent may take this'},
  {pattern: /^route:ready-to-merge$/, color: '1d76db', description: 'Work that is to land first'},
  {pattern: /^route:blocked$/, color: 'b60205', description: 'Waits for something or someone'},
  {pattern: /^route:review$/, color: '5319e7', description: 'Work is done and on its way to main'},
  {pattern: /^route:unblocker$/, color: 'd93f0b', description: 'Others wait for this'},
  {pattern: /^route:priority-high$/, color: 'e99695', description: 'Before others'},
  {pattern: /^route:priority-medium$/, color: 'f9d0c4', description: 'In the middle'},
  {pattern: /^route:priority-low$/, color: 'fef2c0', description: 'After others'},
  {pattern: /^human-only$/, color: '000000', description: 'Not for agents'},
  {pattern: /^think:/, color: 'c5def5', description: 'How hard the agent thinks'},
  {pattern: /^agent/, color: 'bfdadc', description: 'Where an agent stands with this'},
]
const PLAIN = {color: 'ededed', description: ''}

/** Names of the repository's labels. */
export async function repositoryLabels(client: GithubClient): Promise<string[]> {
  return (await client.list(`GET ${REPOSITORY_LABELS}`, {}, labelShape)).map(({name}) => name)
}

/**
 * Gives an issue the labels of `add` and takes those of `remove`; what is right already costs one free read. Labels
 * that the repository lacks are made, with their colour.
 */
export async function ensureLabels(
  client: GithubClient,
  issue: number,
  change: {add: readonly string[]; remove: readonly string[]},
): Promise<void> {
  const worn = await client.list(`GET ${ISSUE_LABELS}`, {issue_number: issue}, labelShape)
  const has = (name: string) => worn.some(label => sameName(label.name, name))
  const missing = change.add.filter(name => !has(name))
  if (missing.length > 0) {
    await ensureInRepository(client, missing)
    await client.request(`POST ${ISSUE_LABELS}`, {issue_number: issue, labels: missing}, anything)
  }
  for (const name of change.remove.filter(has)) await removeLabel(client, issue, name)
}

async function removeLabel(client: GithubClient, issue: number, name: string): Promise<void> {
  try {
    await client.request(`DELETE ${ISSUE_LABELS}/{name}`, {issue_number: issue, name}, anything)
  } catch (error) {
    // Gone already.
    if (statusOf(error) !== 404) throw error
  }
}

async function ensureInRepository(client: GithubClient, names: readonly string[]): Promise<void> {
  const known = await client.list(`GET ${REPOSITORY_LABELS}`, {}, labelShape)
  for (const name of names) {
    if (known.some(label => sameName(label.name, name))) continue
    const {color, description} = STYLES.find(style => style.pattern.test(name)) ?? PLAIN
    try {
      await client.request(`POST ${REPOSITORY_LABELS}`, {name, color, description}, anything)
    } catch (error) {
      // Somebody else made it between our look and our write.
      if (statusOf(error) !== 422) throw error
    }
  }
}

/** GitHub tells labels apart without regard to case. */
function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
