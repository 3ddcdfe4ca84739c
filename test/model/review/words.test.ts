import {expect, it} from 'vitest'
import {type Spoken, wordsForAgent} from '../../../src/model/review/words.ts'

const IN_PUBLIC = {isPrivate: false}

const word = (change: Partial<Spoken> = {}): Spoken => ({
  ...{key: 'comment-1', by: 'grace', byBot: false, association: 'MEMBER', verdict: null, body: 'Rename it.'},
  ...{inline: [], url: 'http://forge/1', ours: false},
  ...change,
})
const inline = {path: 'a.ts', line: 1, side: 'new', code: [], body: 'why?'} as const

it.each([
  ['of an owner', {association: 'OWNER'}, true],
  ['of a collaborator', {association: 'COLLABORATOR'}, true],
  ['of a former contributor', {association: 'CONTRIBUTOR'}, false],
  ['of a stranger', {association: 'NONE'}, false],
  ['of a program', {byBot: true}, false],
  ['that Clambake wrote', {ours: true}, false],
  ['without a word', {body: ' \n'}, false],
  ['that only approve', {verdict: 'approved', body: 'Fine, merge it.'}, false],
  ['that approve with a comment on a line', {verdict: 'approved', body: '', inline: [inline]}, true],
  ['that ask for changes without a word', {verdict: 'changes', body: ''}, true],
  ['of a review that is only comments on lines', {verdict: 'comment', body: '', inline: [inline]}, true],
] satisfies [string, Partial<Spoken>, boolean][])('words %s are for the agent: %s %s', (_, change, isFor) => {
  expect(wordsForAgent([word(change)], IN_PUBLIC)).toHaveLength(isFor ? 1 : 0)
})

it('in a private repository all people were invited, and programs still say nothing to agents', () => {
  const words = [word({association: 'NONE'}), word({association: 'NONE', byBot: true})]
  expect(wordsForAgent(words, {isPrivate: true})).toEqual([words[0]])
})
