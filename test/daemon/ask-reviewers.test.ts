import {expect, it} from 'vitest'
import {systemClock} from '../../src/base/clock.ts'
import {liveConfig} from '../../src/config/live.ts'
import {createReviewAsker} from '../../src/daemon/reviews/ask.ts'
import {aConfig} from '../model/builders.ts'
import {changed} from '../model/gate/readings.ts'
import {memoryHub} from './memory-host.ts'

type Changes = Parameters<typeof changed>[1]

/** Asks for a review of work that changes this file, and gives whom GitHub was asked for. */
function asking(file: [string, Changes?] | null, integration: Record<string, unknown> = {}) {
  const hub = memoryHub(systemClock)
  const asked: string[] = []
  const live = liveConfig(aConfig({integration: {reviewers: ['ada', 'acme/core'], ...integration}}))
  const ask = createReviewAsker({
    git: {workChanges: async heads => new Map(heads.map(head => [head, file && [changed(...file)]]))},
    github: {
      async requestReviews({pull, reviewers}) {
        asked.push(`#${pull} ${reviewers.join(' ')}`)
        const refused = reviewers.filter(name => name === 'nobody').map(reviewer => ({reviewer, reason: 'unknown'}))
        return {asked: reviewers.filter(name => name !== 'nobody'), refused}
      },
    },
    hub,
    config: live.config,
  })
  const reconfigure = (changed: Record<string, unknown>) => live.followConfig(() => aConfig({integration: changed}))
  return {
    hub,
    asked,
    reconfigure,
    run: (why?: string) => ask({pull: 5, head: 'h', works: ['h'], ticket: 7, ...(why && {why})}),
  }
}

it.each<[string, [string, Changes?] | null, string | null]>([
  ['a protected path', ['.github/workflows/ci.yml'], 'it changes .github/workflows/ci.yml'],
  ['a deleted test', ['test/a.test.ts', {kind: 'deleted'}], 'it deletes the test test/a.test.ts'],
  ['much', ['src/a.ts', {added: 400, removed: 100}], 'it changes 500 lines'],
  ['what could not be read', null, 'its changes could not be read'],
  ['little', ['src/a.ts', {added: 400, removed: 99}], null],
])('asks for a review of %s', async (_, file, cause) => {
  const {hub, asked, run} = asking(file)
  await run()
  expect(asked).toEqual(cause === null ? [] : ['#5 ada acme/core'])
  const told = cause === null ? [] : [`ada, acme/core are asked to review #5: ${cause}`]
  expect(hub.events.map(({message}) => message)).toEqual(told)
})

it('asks for a review of what was recovered for a person, whatever it changes', async () => {
  const {asked, run} = asking(['src/a.ts'])
  await run('it was recovered for a person')
  expect(asked).toHaveLength(1)
})

it('asks nobody by default, and for no size with review_lines = 0', async () => {
  const none = asking(['.github/a'], {reviewers: []})
  await none.run('it was recovered for a person')
  expect(none.asked).toEqual([])
  const sizeless = asking(['src/a.ts', {added: 9999}], {review_lines: 0})
  await sizeless.run()
  expect(sizeless.asked).toEqual([])
})

it('goes by the reviewers and the lines that the configuration has at that moment', async () => {
  const {asked, run, reconfigure} = asking(['src/a.ts', {added: 30, removed: 0}], {reviewers: []})
  await run()
  reconfigure({reviewers: ['octocat'], review_lines: 31})
  await run()
  expect(asked).toEqual([])
  reconfigure({reviewers: ['octocat'], review_lines: 30})
  await run()
  expect(asked).toEqual(['#5 octocat'])
})

it('tells of an unknown reviewer once', async () => {
  const {hub, run} = asking(['.github/a'], {reviewers: ['nobody']})
  await run()
  await run()
  const [told, ...more] = hub.events
  expect(told).toMatchObject({severity: 'warning', ticket: 7, message: expect.stringContaining('nobody')})
  expect(more).toEqual([])
})
