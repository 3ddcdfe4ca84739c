import * as z from 'zod'
import type {GithubClient} from '../../src/github/client/client.ts'
import {statusOf} from '../../src/github/client/errors.ts'

/** What people and programs do in a repository beside our gateway, by GitHub's API. */
export type People = {
  /** Its labels are made in the repository first. */
  openIssue(options: {title: string; body?: string; labels?: readonly string[]}): Promise<number>
  editIssue(number: number, change: {title?: string; body?: string; state?: 'open' | 'closed'}): Promise<void>
  comment(number: number, body: string): Promise<void>
  /** Bodies, oldest first; the first hundred. */
  comments(number: number): Promise<string[]>
  labelsOf(number: number): Promise<string[]>
  pullText(number: number): Promise<string>
  closePull(number: number): Promise<void>
  /** Makes a branch at the commit of another one; default: of the default branch. */
  branch(name: string, from?: string): Promise<void>
  /** Commits one file to a branch, and makes the branch from the base branch if it does not exist. Returns the commit. */
  commit(options: {branch: string; file: string; text: string}): Promise<string>
  /** The commit of a branch. */
  head(branch: string): Promise<string>
  messageOf(commit: string): Promise<string>
  setStatus(sha: string, status: {state: 'pending' | 'success' | 'failure'; context: string}): Promise<void>
  /** A check run, in progress while its conclusion is null. */
  addCheckRun(sha: string, run: {name: string; conclusion: 'success' | 'failure' | null}): Promise<void>
  /** Another person's verdict on a pull request. */
  review(pull: number, event: 'APPROVE' | 'REQUEST_CHANGES'): Promise<void>
}

const AT = '/repos/{owner}/{repo}'
const numbered = z.object({number: z.number()})
const stored = z.object({sha: z.string()})
const reference = z.object({object: z.object({sha: z.string()})})
const anything = z.unknown()

/** Only our own server lets one person act as two, or a person as a program. */
const impossible = async () => {
  throw new Error('there is no one who could do that here')
}

export function createPeople(client: GithubClient, base: string): People {
  async function head(branch: string): Promise<string> {
    return (await client.request(`GET ${AT}/git/ref/{+ref}`, {ref: `heads/${branch}`}, reference)).object.sha
  }

  async function tipOf(branch: string): Promise<string | null> {
    try {
      return await head(branch)
    } catch (error) {
      if (statusOf(error) === 404) return null
      throw error
    }
  }

  async function makeRef(branch: string, sha: string): Promise<void> {
    await client.request(`POST ${AT}/git/refs`, {ref: `refs/heads/${branch}`, sha}, anything)
  }

  return {
    head,
    async openIssue(options) {
      for (const name of options.labels ?? []) await client.request(`POST ${AT}/labels`, {name}, anything)
      return (await client.request(`POST ${AT}/issues`, options, numbered)).number
    },
    async editIssue(number, change) {
      await client.request(`PATCH ${AT}/issues/{number}`, {number, ...change}, anything)
    },
    async comment(number, body) {
      await client.request(`POST ${AT}/issues/{number}/comments`, {number, body}, anything)
    },
    async comments(number) {
      const shape = z.array(z.object({body: z.string()}))
      const found = await client.request(`GET ${AT}/issues/{number}/comments`, {number, per_page: 100}, shape)
      return found.map(({body}) => body)
    },
    async labelsOf(number) {
      const shape = z.array(z.object({name: z.string()}))
      return (await client.request(`GET ${AT}/issues/{number}/labels`, {number}, shape)).map(({name}) => name)
    },
    async pullText(number) {
      return (await client.request(`GET ${AT}/pulls/{number}`, {number}, z.object({body: z.string()}))).body
    },
    async closePull(number) {
      await client.request(`PATCH ${AT}/pulls/{number}`, {number, state: 'closed'}, anything)
    },
    async branch(name, from) {
      const shape = z.object({default_branch: z.string()})
      await makeRef(name, await head(from ?? (await client.request(`GET ${AT}`, {}, shape)).default_branch))
    },
    async commit({branch, file, text}) {
      const tip = await tipOf(branch)
      const parent = tip ?? (await head(base))
      const commit = z.object({tree: stored})
      const {tree} = await client.request(`GET ${AT}/git/commits/{sha}`, {sha: parent}, commit)
      const changed = [{path: file, mode: '100644', type: 'blob', content: text}]
      const next = await client.request(`POST ${AT}/git/trees`, {base_tree: tree.sha, tree: changed}, stored)
      const about = {message: `Write ${file}`, tree: next.sha, parents: [parent]}
      const {sha} = await client.request(`POST ${AT}/git/commits`, about, stored)
      if (tip === null) await makeRef(branch, sha)
      else await client.request(`PATCH ${AT}/git/refs/{+ref}`, {ref: `heads/${branch}`, sha}, anything)
      return sha
    },
    async messageOf(sha) {
      const shape = z.object({commit: z.object({message: z.string()})})
      return (await client.request(`GET ${AT}/commits/{sha}`, {sha}, shape)).commit.message
    },
    async setStatus(sha, status) {
      await client.request(`POST ${AT}/statuses/{sha}`, {sha, ...status}, anything)
    },
    async addCheckRun(sha, {name, conclusion}) {
      const state = conclusion === null ? {status: 'in_progress'} : {status: 'completed', conclusion}
      await client.request(`POST ${AT}/check-runs`, {name, head_sha: sha, ...state}, anything)
    },
    review: impossible,
  }
}
