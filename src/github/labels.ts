import * as z from 'zod'
import {type Label, labelLook} from '../model/data/labels.ts'
import {hasName} from '../model/data/names.ts'
import type {GithubClient} from './client/client.ts'
import {statusOf} from './client/errors.ts'
import {anything} from './shapes.ts'

const labelShape = z.object({name: z.string()})
const lookShape = z.object({
  name: z.string(),
  color: z.string(),
  description: z
    .string()
    .nullish()
    .transform(text => text ?? ''),
})

const REPOSITORY_LABELS = '/repos/{owner}/{repo}/labels'
const ISSUE_LABELS = '/repos/{owner}/{repo}/issues/{issue_number}/labels'

/** Names of the repository's labels. */
export async function repositoryLabels(client: GithubClient): Promise<string[]> {
  return (await readLabels(client)).map(({name}) => name)
}

/** The repository's labels with their looks. */
export async function readLabels(client: GithubClient): Promise<Label[]> {
  return client.list(`GET ${REPOSITORY_LABELS}`, {}, lookShape)
}

/** Makes a label or gives it this look; its name keeps the case that it has. */
export async function ensureRepositoryLabel(client: GithubClient, {name, color, description}: Label): Promise<void> {
  try {
    await client.request(`POST ${REPOSITORY_LABELS}`, {name, color, description}, anything)
  } catch (error) {
    // It is there.
    if (statusOf(error) !== 422) throw error
    await client.request(`PATCH ${REPOSITORY_LABELS}/{name}`, {name, color, description}, anything)
  }
}

/** Takes a label from the repository, and with it from every issue. */
export async function ensureNoRepositoryLabel(client: GithubClient, name: string): Promise<void> {
  try {
    await client.request(`DELETE ${REPOSITORY_LABELS}/{name}`, {name}, anything)
  } catch (error) {
    if (statusOf(error) !== 404) throw error
  }
}

/** Whether any issue or pull request has a label, open or closed. */
export async function isWorn(client: GithubClient, label: string): Promise<boolean> {
  const params = {labels: label, state: 'all', per_page: 1}
  return (await client.request('GET /repos/{owner}/{repo}/issues', params, z.array(z.unknown()))).length > 0
}

/**
 * Gives an issue the labels of `add` and takes those of `remove`; what is right already costs one free read. Labels
 * that the repository lacks are made, with their colour. `worn`: the labels that it has, if they were read a moment ago.
 */
export async function ensureLabels(
  client: GithubClient,
  issue: number,
  change: {add: readonly string[]; remove: readonly string[]},
  worn?: readonly string[],
): Promise<void> {
  const read = async () =>
    (await client.list(`GET ${ISSUE_LABELS}`, {issue_number: issue}, labelShape)).map(({name}) => name)
  const known = worn ?? (await read())
  const has = (name: string) => hasName(known, name)
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

/** Creates a label. An existing one keeps the look that people gave it. */
async function ensureInRepository(client: GithubClient, names: readonly string[]): Promise<void> {
  const known = await repositoryLabels(client)
  for (const name of names) {
    if (hasName(known, name)) continue
    try {
      await client.request(`POST ${REPOSITORY_LABELS}`, {...labelLook(name), name}, anything)
    } catch (error) {
      // Another process or person made it between the read and this write.
      if (statusOf(error) !== 422) throw error
    }
  }
}
