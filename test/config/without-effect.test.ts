import {expect, it} from 'vitest'
import {parseConfig} from '../../src/config/load.ts'
import {withoutEffect} from '../../src/model/data/config/without-effect.ts'

const PROFILE = 'agents.profile = "codex"\nprofiles.codex = {command = ["codex"], state = "exit"'

it.each<[toml: string, what: RegExp]>([
  ['agents.agent-009 = {github_user = "ada"}', /settings of agent009, and routing.max_agents = 4 makes no such agent/],
  ['agents.a1 = {timezone = "UTC"}', /timezone of agent001/],
  [`${PROFILE}}\nagents.max_budget_usd = 5`, /^agents.max_budget_usd does nothing: profile codex runs codex/],
  [
    `${PROFILE}}\nagents.deny = ["Bash(rm *)"]\nradar.before_edit = "ask"`,
    /^agents.deny, radar.before_edit do nothing/,
  ],
  [`${PROFILE}, prompt = "argument"}`, /profile codex gets no task by its command/],
])('names what does nothing: %j', (toml, what) => {
  expect(withoutEffect(parseConfig(toml)).map(found => found.what)).toEqual([expect.stringMatching(what)])
})

it.each([
  '',
  'agents.agent-004 = {github_user = "ada"}\nagents.max_budget_usd = 5',
  `${PROFILE}}`,
  `agents.max_budget_usd = 5\nagents.profile = "box"\nprofiles.box = {runner = "docker", image = "i"}`,
])('says nothing of %j', toml => {
  expect(withoutEffect(parseConfig(toml))).toEqual([])
})
