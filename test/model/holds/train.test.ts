import {expect, it} from 'vitest'
import {heldMain} from '../../../src/model/hub/holds/train.ts'
import type {Standing} from '../../../src/model/hub/instance.ts'
import type {Mail} from '../../../src/model/hub/mail.ts'

const NOW = 1_700_000_000_000

const blocker = (more: Partial<Mail> = {}): Mail => ({
  id: 12,
  kind: 'blocker',
  from: 'ada@laptop',
  instance: null,
  project: 'acme/shop',
  to: '@all',
  text: 'release day',
  at: NOW - 1,
  expiresAt: NOW + 1000,
  resource: 'push:main',
  answers: null,
  dueAt: null,
  ended: null,
  ...more,
})
const by = (instance: string): Partial<Mail> => ({from: instance, instance})

function held(blockers: readonly Mail[], standings: Record<string, Standing> = {}) {
  const seen = Object.entries(standings).map(([id, standing]) => ({peer: {id}, standing}))
  return heldMain({blockers, seen, project: 'acme/shop', branch: 'main', now: NOW})
}

it.each<[string, boolean, Partial<Mail>, Record<string, Standing>]>([
  ['a person', true, {}, {}],
  ['a session started by hand', true, by('shop-3f2a'), {'shop-3f2a': 'stale'}],
  ['a session that is gone', false, by('shop-3f2a'), {'shop-3f2a': 'gone'}],
  ['a session that is not known', false, by('shop-3f2a'), {}],
  ['a supervised agent', false, by('agent001@/work/shop'), {'agent001@/work/shop': 'active'}],
  ['a program in the pane of an agent', false, by('shop-3f2a@pane'), {'shop-3f2a@pane': 'active'}],
  ['a person, of any branch', true, {resource: 'push'}, {}],
  ['a person, of another branch', false, {resource: 'push:next'}, {}],
  ['a person, of another resource', false, {resource: 'docker'}, {}],
  ['a person, of another project', false, {project: 'acme/gadgets'}, {}],
  ['a person outside of any project, to this one', true, {project: null, to: 'acme/shop'}, {}],
  ['a person outside of any project, to all', false, {project: null}, {}],
  ['a person, until now', false, {expiresAt: NOW}, {}],
])('a blocker of %s holds the train: %s', (_who, is, more, standings) => {
  expect(held([blocker(more)], standings) !== null).toBe(is)
})

it('of several the one that lasts longest is told', () => {
  expect(held([blocker(), blocker({id: 13, expiresAt: NOW + 2000}), blocker({id: 14})])).toEqual({
    message: 13,
    by: 'ada@laptop',
    why: 'release day',
    until: NOW + 2000,
  })
})
