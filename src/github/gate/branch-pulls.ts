import * as z from 'zod'
import type {BranchPull} from '../../model/data/pull.ts'
import type {GithubClient} from '../client/client.ts'
import {pullOfBranch} from '../pulls.ts'
import {unlessRefused} from './issues.ts'

/** Branches of one query, and newest pull requests of a branch among which one of this repository is looked for. */
const [ASKED_AT_ONCE, NEWEST] = [50, 10]

const pullShape = z.object({
  number: z.number(),
  state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
  isDraft: z.boolean(),
  /** Its branch is a fork's, which may have the same name. */
  isCrossRepository: z.boolean(),
  headRefOid: z.string(),
})
const foundShape = z.object({repository: z.record(z.string(), z.object({nodes: z.array(pullShape)}))})

const STATES = {OPEN: 'open', CLOSED: 'closed', MERGED: 'merged'} as const

/**
 * The pull request of each branch of our own repository, in one query: an open one, or else the newest; null: none. What
 * that does not tell is asked for branch by branch.
 */
export async function pullsOfBranches(
  client: GithubClient,
  branches: readonly string[],
): Promise<Map<string, BranchPull | null>> {
  const found = new Map<string, BranchPull | null>()
  for (let from = 0; from < branches.length; from += ASKED_AT_ONCE) {
    const some = branches.slice(from, from + ASKED_AT_ONCE)
    const together = await unlessRefused(() => ask(client, some))
    for (const branch of some) {
      const pull = together?.get(branch)
      found.set(branch, pull === undefined ? await alone(client, branch) : pull)
    }
  }
  return found
}

/** A branch is left out whose own pull request may be behind those of so many forks, which anybody can open. */
async function ask(client: GithubClient, branches: readonly string[]): Promise<Map<string, BranchPull | null>> {
  const {repository} = await client.graphql(documentFor(branches.length), variablesFor(branches), foundShape)
  const found = new Map<string, BranchPull | null>()
  for (const [at, branch] of branches.entries()) {
    const newest = repository[`b${at}`]?.nodes ?? []
    const own = newest.filter(({isCrossRepository}) => !isCrossRepository)
    const open = own.find(({state}) => state === 'OPEN')
    if (!open && newest.length === NEWEST) continue
    const pull = open ?? own[0]
    found.set(
      branch,
      pull ? {number: pull.number, state: STATES[pull.state], draft: pull.isDraft, head: pull.headRefOid} : null,
    )
  }
  return found
}

async function alone(client: GithubClient, branch: string): Promise<BranchPull | null> {
  const pull = await pullOfBranch(client, branch)
  return pull && {number: pull.number, state: pull.state, draft: pull.draft, head: pull.head.sha}
}

function documentFor(count: number): string {
  const numbers = Array.from({length: count}, (_, at) => at)
  const fields = 'number state isDraft isCrossRepository headRefOid'
  const asked = numbers.map(
    at => `b${at}: pullRequests(headRefName: $b${at}, first: ${NEWEST}, orderBy: {field: CREATED_AT, direction: DESC}) {
        nodes { ${fields} }
      }`,
  )
  return `query pullsOfBranches($owner: String!, $repo: String!${numbers.map(at => `, $b${at}: String!`).join('')}) {
    repository(owner: $owner, name: $repo) { ${asked.join('\n')} }
  }`
}

function variablesFor(branches: readonly string[]): Record<string, string> {
  return Object.fromEntries(branches.map((branch, at) => [`b${at}`, branch]))
}
