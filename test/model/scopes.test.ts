import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {needsOf, unmetNeeds} from '../../src/model/init/scopes.ts'

describe('the scopes of a classic token', () => {
  it('public_repo is enough where everybody may read, and nowhere else', () => {
    const unmet = (isPrivate: boolean) =>
      unmetNeeds(['public_repo', 'project', 'workflow'], needsOf({isPrivate, hasBoard: true}))
    expect(unmet(false)).toEqual([])
    expect(unmet(true)).toMatchObject([{scopes: ['repo'], urgent: true}])
  })

  it('a board makes its scope urgent; to read projects is too little', () => {
    const unmet = (hasBoard: boolean) => unmetNeeds(['repo', 'read:project'], needsOf({isPrivate: true, hasBoard}))
    expect(unmet(true).map(({scopes, urgent}) => [scopes[0], urgent])).toEqual([
      ['project', true],
      ['workflow', false],
    ])
    expect(unmet(false)[0]).toMatchObject({scopes: ['project'], urgent: false})
  })

  it('the first scope of each unmet need meets it', () => {
    const known = fc.subarray(['repo', 'public_repo', 'project', 'workflow', 'gist', 'read:project'])
    fc.assert(
      fc.property(known, fc.boolean(), fc.boolean(), (scopes, isPrivate, hasBoard) => {
        const needs = needsOf({isPrivate, hasBoard})
        const added = unmetNeeds(scopes, needs).map(need => need.scopes[0])
        expect(unmetNeeds([...scopes, ...added], needs)).toEqual([])
      }),
    )
  })
})
