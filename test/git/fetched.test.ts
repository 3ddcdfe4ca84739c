import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {parseFetched} from '../../src/git/refs/remote-refs.ts'

const oid = fc.stringMatching(/^[0-9a-f]{40}$/)
const name = fc.stringMatching(/^[a-z0-9/' -]{1,20}$/)
const refs = fc.array(
  fc.record({oid, name, kind: fc.constantFrom('branch ', 'tag ', ''), mark: fc.constantFrom('', 'not-for-merge')}),
)
const FULL = {'branch ': 'refs/heads/', 'tag ': 'refs/tags/', '': ''}

describe('what git notes of a fetch', () => {
  it('gives every ref by its full name, and nothing when it is cut anywhere', () => {
    fc.assert(
      fc.property(refs, oid, fc.nat(), (lines, main, cut) => {
        const text = [
          ...lines.map(({oid, mark, kind, name}) => `${oid}\t${mark}\t${kind}'${name}' of https://a/b\n`),
          `${main}\t\tbranch 'main' of https://a/b\n`,
        ].join('')
        const wanted = new Map(lines.map(({oid, kind, name}) => [`${FULL[kind]}${name}`, oid]))
        expect(parseFetched(text, 'refs/heads/main')).toEqual(wanted.set('refs/heads/main', main))
        const part = text.slice(0, cut % text.length)
        const endsWithMain = part.endsWith("\tbranch 'main' of https://a/b\n")
        if (!endsWithMain) expect(parseFetched(part, 'refs/heads/main')).toBeNull()
      }),
    )
  })

  it('has what names no commit after the branch that was asked for last', () => {
    const [a, b] = ['a'.repeat(40), 'b'.repeat(40)]
    const text = `${a}\t\tbranch 'main' of /r\n${b}\tnot-for-merge\t'refs/clambake/halt' of /r\n`
    expect(parseFetched(text, 'refs/heads/main')?.get('refs/clambake/halt')).toBe(b)
  })
})
