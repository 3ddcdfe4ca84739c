import {expect, it} from 'vitest'
import {assertSameRepository} from '../../src/forge/same-repository.ts'

const asks = {owner: 'acme', repo: 'shop'}

it.each([
  ['the same name', {owner: 'acme', repo: 'shop'}, 'acme/shop'],
  ['the same name in other letters', {owner: 'Acme', repo: 'Shop'}, 'ACME/shop'],
  ['a path, which has no name', null, 'acme/shop'],
])('takes %s for the same repository', (_, pushesTo, found) => {
  expect(() => assertSameRepository({pushesTo, asks, found})).not.toThrow()
})

it('names a fork that branches would be pushed to', () => {
  const check = () => assertSameRepository({pushesTo: {owner: 'ada', repo: 'shop'}, asks, found: 'acme/shop'})
  expect(check).toThrow(
    expect.objectContaining({
      code: 'other-repository',
      message: 'Branches would be pushed to ada/shop, but issues and pull requests are those of acme/shop',
    }),
  )
})

it('names where a repository has moved', () => {
  const check = () => assertSameRepository({pushesTo: asks, asks, found: 'acme/store'})
  expect(check).toThrow(
    expect.objectContaining({code: 'repository-moved', message: 'acme/shop has moved: GitHub calls it acme/store now'}),
  )
})
