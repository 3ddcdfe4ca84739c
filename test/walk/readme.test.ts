import {readFileSync} from 'node:fs'
import {expect, it} from 'vitest'
import {commandsOf, gitCommands} from './readme.ts'

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

it('the first commands of the README are those that the walk runs', () => {
  expect(commandsOf(README, '## Try it')).toEqual(['npm ci && npm run demo'])
  expect(commandsOf(README, '## Use it')).toEqual(['npm link', 'clambake doctor', 'clambake'])
  expect(() => commandsOf(README, '## Nothing')).toThrow('no section')
})

it('what init says next is run without the words behind it', () => {
  expect(
    gitCommands([
      'git add a b && git commit -m "x"',
      'git push origin main: agents see what main has',
      'git push -u origin set-up && gh pr create --fill, and merge it: agents see what main has',
      'gh issue create',
    ]),
  ).toEqual(['git add a b && git commit -m "x"', 'git push origin main', 'git push -u origin set-up'])
})
