import {type Config, configSchema} from '../../src/model/data/config.ts'
import type {Issue} from '../../src/model/data/issue.ts'
import type {Pull} from '../../src/model/data/pull.ts'

export function anIssue(number: number, change: Partial<Issue> = {}): Issue {
  return {
    number,
    title: `Issue ${number}`,
    body: '',
    state: 'open',
    labels: ['route:ready'],
    author: 'ada',
    association: 'OWNER',
    assignees: [],
    url: `http://forge/${number}`,
    createdAt: number,
    updatedAt: number,
    ...change,
  }
}

export function aPull(number: number, change: Partial<Pull> = {}): Pull {
  return {
    number,
    title: `Pull ${number}`,
    state: 'open',
    mergeCommit: null,
    head: {branch: `agent001/${number}-x`, sha: 'a'.repeat(40)},
    base: {branch: 'main', sha: 'b'.repeat(40)},
    mergeable: 'clean',
    draft: false,
    review: 'unknown',
    url: `http://forge/pull/${number}`,
    createdAt: 0,
    updatedAt: 0,
    checks: {sha: 'a'.repeat(40), state: 'passed', total: 1, done: 1, failures: []},
    ...change,
  }
}

export function aConfig(change: Record<string, unknown> = {}): Config {
  return configSchema.parse(change)
}
