import {readdirSync, readFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {describe, expect, it} from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const FOLDER = join(ROOT, 'docs/screens')
const pictures = readdirSync(FOLDER)
/** A picture is loaded with the page that shows it; the recording is many pictures. */
const MAX_BYTES = 150_000
const MAX_BYTES_OF_RECORDING = 400_000

describe('the pictures of the screen', () => {
  it.each(pictures)('%s is small, whole and tells nothing of the machine', name => {
    const svg = readFileSync(join(FOLDER, name), 'utf8')
    expect(Buffer.byteLength(svg)).toBeLessThan(name === 'demo.svg' ? MAX_BYTES_OF_RECORDING : MAX_BYTES)
    expect(svg).toMatch(/^<svg .*<\/svg>\n$/s)
    expect(svg).not.toMatch(/\/tmp\/|\/root|\/home\/|clambake-e2e/)
    const text = svg.replaceAll(/<[^>]*>/g, '')
    expect(text).toContain('acme/shop')
    expect(svg).not.toContain('<script')
  })

  it.each(pictures)('%s has no spaces that a browser drops', name => {
    const svg = readFileSync(join(FOLDER, name), 'utf8')
    const texts = [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!)
    expect(texts.length).toBeGreaterThan(50)
    expect(texts.filter(text => /^ | $| {2}/.test(text))).toEqual([])
  })

  it('are those that the README and the documents show', () => {
    const shown = readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/docs\/screens\/([a-z-]+\.svg)/g)
    expect([...shown].map(([, name]) => name).sort()).toEqual([...pictures].sort())
  })
})
