import {expect, it} from 'vitest'
import {discussionLines} from '../../src/client/detail/discussion.ts'
import {issue} from './details.ts'

const textOf = (earlier: number) =>
  discussionLines({...issue, earlier}, 60).map(line => line.map(({text}) => text).join(''))

it('a long discussion says how many comments came before those that are shown', () => {
  expect(textOf(300)).toContain('… 300 earlier comments on GitHub')
  expect(textOf(1)).toContain('… 1 earlier comment on GitHub')
  expect(textOf(0).join('\n')).not.toContain('earlier')
})
