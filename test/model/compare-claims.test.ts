import {expect, it} from 'vitest'
import {type Claim, UNKNOWN_OWNER} from '../../src/model/data/claim.ts'
import {compareClaims} from '../../src/model/recovery/compare-claims.ts'
import {claimOf} from '../git/claim-of.ts'

/** A claim on an issue at a commit that is named by one letter. */
function claim(issue: number, letter: string, owner: string): Claim {
  const record = {...claimOf(issue, '0'.repeat(40), {owner}), version: 1 as const, fence: 1, nonce: 'nonce-of-it'}
  return {oid: letter.repeat(40), record}
}

const mine = claim(7, 'a', 'me')
const moved = claim(7, 'b', 'me')
const theirs = claim(7, 'c', 'other')

function compare(held: {before: readonly Claim[]; after: readonly Claim[]}, found: readonly Claim[]) {
  const {missing: _, ...seen} = compareClaims({
    owner: 'me',
    found,
    heldBefore: held.before,
    heldAfter: held.after,
    missing: new Map(),
  })
  return seen
}

it('a claim that was found as it is held says nothing', () => {
  expect(compare({before: [mine], after: [mine]}, [mine])).toEqual({taken: [], forgotten: [], gone: []})
})

it('a claim of another daemon takes a held one, but not one that was moved or taken meanwhile', () => {
  expect(compare({before: [mine], after: [mine]}, [theirs]).taken).toEqual([theirs])
  expect(compare({before: [mine], after: [moved]}, [theirs]).taken).toEqual([])
  expect(compare({before: [], after: [mine]}, [theirs]).taken).toEqual([])
})

it('a claim of this daemon is forgotten if it held none on the issue, before or after the look', () => {
  expect(compare({before: [], after: []}, [mine]).forgotten).toEqual([mine])
  expect(compare({before: [mine], after: []}, [mine]).forgotten).toEqual([])
  expect(compare({before: [], after: [mine]}, [mine]).forgotten).toEqual([])
  expect(compare({before: [], after: []}, [theirs]).forgotten).toEqual([])
})

it('a claim that cannot be read takes a held one if it is another commit, and is never gone', () => {
  const written = {...theirs, record: {...theirs.record, owner: UNKNOWN_OWNER}, unreadable: 'a newer clambake wrote it'}
  expect(compare({before: [mine], after: [mine]}, [written])).toEqual({taken: [written], forgotten: [], gone: []})
  // The commit that holds it may have been changed in the clone.
  const tampered = {...written, oid: mine.oid}
  expect(compare({before: [mine], after: [mine]}, [tampered])).toEqual({taken: [], forgotten: [], gone: []})
})

it('a held claim is gone once, with the second look in a row that does not find it', () => {
  const look = (missing: ReadonlyMap<string, number>, found: readonly Claim[] = []) =>
    compareClaims({owner: 'me', found, heldBefore: [mine], heldAfter: [mine], missing})
  const first = look(new Map())
  const second = look(first.missing)
  const third = look(second.missing)
  expect([first, second, third].map(({gone}) => gone)).toEqual([[], [7], []])
  const again = look(look(first.missing, [mine]).missing)
  expect(again.gone).toEqual([])
})
