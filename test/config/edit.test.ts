import {expect, it} from 'vitest'
import {editSetting} from '../../src/config/edit.ts'
import {exampleConfig} from '../../src/config/example.ts'
import {parseConfig} from '../../src/config/load.ts'

const AGENTS = ['routing', 'max_agents'] as const
const BOARD = ['github', 'project_id'] as const

it('puts a setting in the place of its comment, and touches no other line', () => {
  const before = exampleConfig()
  const after = editSetting(before, {path: AGENTS, value: 12})!
  expect(parseConfig(after).routing.max_agents).toBe(12)
  const [old, fresh] = [before.split('\n'), after.split('\n')]
  expect(fresh.filter((line, index) => line !== old[index])).toEqual(['max_agents = 12'])
  expect(editSetting(after, {path: AGENTS, value: 12})).toBe(after)
  expect(editSetting(after, {path: AGENTS, value: null})).toBe(before.replace('#max_agents = 4', '#max_agents = 12'))
})

it.each([
  ['', '\n[github]\nproject_id = "PVT_1"\n'],
  ['[routing]\nauto = true', '[routing]\nauto = true\n\n[github]\nproject_id = "PVT_1"\n'],
  ['[github] # ours\nowner = "a"\n', '[github] # ours\nproject_id = "PVT_1"\nowner = "a"\n'],
  ['[github]\nproject_id = "old"\n[routing]\n', '[github]\nproject_id = "PVT_1"\n[routing]\n'],
])('finds or makes the table in %j', (before, after) => {
  expect(editSetting(before, {path: BOARD, value: 'PVT_1'})).toBe(after)
})

it.each([
  'github = {owner = "a"}\n',
  'github.owner = "a"\n[routing]\n',
  '[github\n',
  '[github]\nproject_id = """\nold"""\n',
])('gives up on %j rather than say something else', before => {
  expect(editSetting(before, {path: BOARD, value: 'PVT_1'})).toBeNull()
})

it('a value cannot leave its line', () => {
  const value = 'PVT_1"\n[agents]\ncommand = ["sh"]\n#'
  expect(parseConfig(editSetting('', {path: BOARD, value})!).github.project_id).toBe(value)
})
