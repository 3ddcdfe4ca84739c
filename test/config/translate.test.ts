import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {parseConfig} from '../../src/config/load.ts'
import {complaint} from './complaint.ts'

const FILE = readFileSync(join(import.meta.dirname, '../../fixtures/orchestrators/my-little-soda.toml'), 'utf8')

describe('the configuration file of another orchestrator', () => {
  it('means the same here, as it is', () => {
    const {github, routing, integration, agents, recovery} = parseConfig(FILE)
    expect(github).toEqual({owner: 'your-org', repo: 'your-repo', token_env: 'GITHUB_TOKEN', project_id: '123'})
    expect(routing).toMatchObject({
      max_agents: 5,
      routing_label: 'route:ready',
      assignment_label: 'agent:assigned',
      priority_labels: {high: 'priority-high', medium: 'priority-medium', low: 'priority-low'},
    })
    expect(integration).toMatchObject({
      auto_merge: true,
      require_reviews: 1,
      merge_strategy: 'squash',
      delete_after_merge: true,
      ci_timeout: 30,
    })
    expect(agents).toMatchObject({branch: 'agent-{id}/{issue}-{slug}', workspace_root: './agents'})
    expect(recovery.scan_patterns).toEqual(['agent-*', 'feature/*'])
  })

  it('gives a slot as many panes as it may have tickets', () => {
    const one = {github_user: 'agent-001-bot', specializations: ['backend', 'api'], timezone: 'UTC'}
    const two = {github_user: 'agent-002-bot', specializations: ['frontend', 'ui'], timezone: 'PST'}
    expect(parseConfig(FILE).agents.slots).toMatchObject({agent001: one, agent002: two, agent003: one})
    expect(Object.keys(parseConfig(FILE).agents.slots)).toHaveLength(3)
  })

  it('is refused where its slots have more panes than there are agents', () => {
    expect(complaint(FILE.replace('max_agents = 5', 'max_agents = 2'))).toContain(
      'the max_concurrent_tickets of the slots in [agents] need more than routing.max_agents = 2',
    )
  })

  it.each([
    ['auto_create_prs = false', 'auto_create_prs = true', /auto_create_prs must be false.*recover --pattern/],
    ['require_human_review = true', 'require_human_review = false', /require_human_review must be true/],
    ['"agent-{id}"', '"bot-{id}"', /agents\.naming_convention must be "agent\{id\}", "agent-\{id\}"/],
    ['branch_prefix', 'branch = "x/{issue}"\nbranch_prefix', /agents\.branch_prefix contradicts agents\.branch/],
    ['"priority-low"]', '"priority-low", "lowest"]', /priority_labels must be a table, or a list of at most 3 labels/],
    ['ci_timeout = "30m"', 'ci_timeout = "30x"', /ci_timeout must be a number of minutes, or a time such as "30m"/],
    ['project_id = 123', 'project_id = -1', /project_id must be text in quotes, found -1/],
    ['timezone = "PST"', 'timezone = "Mars"', /timezone must be a time zone such as "UTC".*found "Mars"/],
  ])('names what to write instead of a word without meaning here: %s as %s', (before, after, expected) => {
    const toml = FILE.replace(before, after)
    expect(toml).not.toBe(FILE)
    expect(complaint(toml)).toMatch(expected)
    const line = toml.split('\n').findIndex((text, index) => text !== FILE.split('\n')[index]) + 1
    // Where a line was put in, the mistake is in the next one.
    expect(complaint(toml)).toMatch(new RegExp(`line (${line}|${line + 1}):`))
  })

  it('tells its mistakes together with those of the schema, in the order of the lines', () => {
    const toml = FILE.replace('auto_create_prs = false', 'auto_create_prs = true').replace(
      'max_agents = 5',
      'max_agents = 0',
    )
    expect(complaint(toml).split('\n').slice(1)).toEqual([
      expect.stringContaining('routing.max_agents must be at least 1'),
      expect.stringContaining('recovery.auto_create_prs must be false'),
    ])
  })
})

it.each([
  ['"90s"', 1.5],
  ['"2h"', 120],
  ['45', 45],
])('a time of %s is %d minutes, wherever minutes are meant', (written, minutes) => {
  const config = parseConfig(
    `[agents]\nsetup_timeout = ${written}\nverify_timeout = ${written}\n[claims]\nlease_minutes = ${written}\n[bundling]\nschedule_minutes = ${written}\n[recovery]\nmax_stuck_minutes = ${written}\n`,
  )
  const {agents, claims, bundling, recovery} = config
  expect([agents.setup_timeout, agents.verify_timeout, claims.lease_minutes]).toEqual([minutes, minutes, minutes])
  expect([bundling.schedule_minutes, recovery.max_stuck_minutes]).toEqual([minutes, minutes])
})
