import {expect, it} from 'vitest'
import {hasSecret} from '../../src/base/redact.ts'
import {bringsSecret} from '../../src/git/commits/credentials.ts'
import {findsInPieces} from '../../src/git/commits/in-pieces.ts'

const TOKEN = `ghp_${'a1'.repeat(18)}`
const lines = (count: number) => '+a line of some work\n'.repeat(count)

it('finds a secret wherever it is in a long text, also where two pieces meet', async () => {
  const text = lines(50_000)
  expect(await findsInPieces(text, hasSecret)).toBe(false)
  expect(await findsInPieces('', hasSecret)).toBe(false)
  for (let at = 256 * 1024 - 60; at < 256 * 1024 + 60; at += 7) {
    expect(await findsInPieces(`${text.slice(0, at)} ${TOKEN} ${text.slice(at)}`, hasSecret)).toBe(true)
  }
  expect(await findsInPieces(`${'x'.repeat(700_000)} ${TOKEN} ${'x'.repeat(700_000)}`, hasSecret)).toBe(true)
  expect(await findsInPieces(`${text}${TOKEN}`, hasSecret)).toBe(true)
})

it('passes over lines that a long diff takes away, also where two pieces meet', async () => {
  expect(await bringsSecret(`-${TOKEN}\n`.repeat(20_000))).toBe(false)
  expect(await bringsSecret(`${`-${TOKEN}\n`.repeat(20_000)}+${TOKEN}\n`)).toBe(true)
})

it('lets other work have its turn', async () => {
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  await findsInPieces(lines(200_000), hasSecret)
  clearInterval(timer)
  expect(turns).toBeGreaterThan(5)
})
