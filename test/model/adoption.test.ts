import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Fact} from '../../src/model/core/facts.ts'
import {newState} from '../../src/model/core/state.ts'
import {type Claim, claimPhase} from '../../src/model/data/claim.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {adoptionOf} from '../../src/model/recovery/adoption.ts'
import {claimOf} from '../git/claim-of.ts'
import {aConfig, anIssue} from './builders.ts'

const sha = (n: number) => n.toString(16).padStart(40, '0')
const phases = fc.constantFrom(...claimPhase.options)
const modes = fc.constantFrom('auto', 'by hand', 'off' as const)

function foreign(change: Partial<Claim['record']> = {}, oid = sha(9)): Claim {
  return {oid, record: {...claimOf(7, sha(1), {owner: 'gone'}), version: 1, fence: 1, nonce: 'n', ...change}}
}

describe('what becomes of a dead owner’s claim', () => {
  it('keeps what was pushed, takes nothing from people, and starts no agent where none is to start', () => {
    fc.assert(
      fc.property(phases, fc.boolean(), modes, (phase, isPushed, routing) => {
        const state = {mode: {routing, landing: 'train'}, config: aConfig(), issues: [anIssue(7)]} as const
        const adoption = adoptionOf({issue: 7, phase, head: isPushed ? sha(2) : null}, state)
        if (phase === 'blocked') expect(adoption).toBe('leave')
        if (adoption === 'release') expect(isPushed).toBe(false)
        const isDone = ['review', 'landing', 'merged'].includes(phase)
        if (adoption === 'take-over' && !isDone) expect(routing).toBe('auto')
        if (isDone) expect(adoption).toBe('take-over')
      }),
    )
  })

  it.each([
    ['is closed', []],
    ['is labelled for people', [anIssue(7, {labels: ['human-only']})]],
    ['is labelled blocked', [anIssue(7, {labels: ['route:blocked']})]],
  ])('leaves half-done work to people when its issue %s', (_, issues) => {
    const start = newState({config: aConfig(), mode: {routing: 'auto', landing: 'train'}, at: 0})
    const {state} = decide(start, {type: 'githubSeen', issues, pulls: [], main: sha(1)}, 1)
    const claims = [foreign({phase: 'working', head: sha(2)})]
    const {effects} = decide(state, {type: 'claimsSeen', claims, dead: ['gone']}, 1)
    expect(effects).toEqual([])
  })

  it('is asked for once for each commit of the claim, only for the dead, and again after a failure', () => {
    let state = newState({config: aConfig(), mode: {routing: 'auto', landing: 'train'}, at: 0})
    const tell = (fact: Fact) => {
      const decision = decide(state, fact, 1)
      state = decision.state
      return decision.effects.filter(({name}) => name === 'adoptClaim')
    }
    const claim = foreign({phase: 'review', head: sha(2)})
    const seen = (dead: string[], found = claim) => tell({type: 'claimsSeen', claims: [found], dead})
    expect(seen([])).toEqual([])
    expect(seen(['somebody'])).toEqual([])
    const wanted = {name: 'adoptClaim', ticket: 7, claim, how: 'take-over'} as const
    expect(seen(['gone'])).toEqual([wanted])
    expect(seen(['gone'])).toEqual([])
    tell({type: 'effectFailed', effect: wanted, error: {code: 'internal', message: 'x', exitCode: 1}, lost: false})
    expect(seen(['gone'])).toEqual([wanted])
    const moved = foreign({phase: 'review', head: sha(3)}, sha(10))
    expect(seen(['gone'], moved)).toMatchObject([{claim: moved}])
  })

  it('frees the issue at once when it was given back', () => {
    const start = newState({config: aConfig(), mode: {routing: 'auto', landing: 'train'}, at: 0})
    const claims = [foreign({phase: 'claimed', head: null})]
    const known = decide(start, {type: 'claimsSeen', claims, dead: ['gone']}, 1)
    expect(known.effects).toMatchObject([{name: 'adoptClaim', how: 'release'}])
    const issues = [anIssue(7)]
    const seen = decide(known.state, {type: 'githubSeen', issues, pulls: [], main: sha(1)}, 1)
    expect(seen.effects).toEqual([])
    const free = decide(seen.state, {type: 'claimReleased', ticket: 7}, 1)
    expect(free.effects).toMatchObject([{name: 'claimTicket', ticket: 7}])
  })
})
