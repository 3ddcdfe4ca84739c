import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {REDACTED, redact, redactDeep, registerSecret} from '../../src/base/redact.ts'

const ALNUM = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const alnum = (length: number) => fc.string({unit: fc.constantFrom(...ALNUM), minLength: length, maxLength: length})

/** Secrets of each shape: made here, so that no scanner takes this file for a leak. */
const secrets = fc.oneof(
  alnum(36).map(body => `ghp_${body}`),
  alnum(36).map(body => `gho_${body}`),
  alnum(60).map(body => `github_pat_${body}`),
  alnum(40).map(body => `sk-ant-api03-${body}`),
  alnum(24).map(body => `xoxb-123456-${body}`),
  alnum(16).map(body => `AKIA${body.toUpperCase()}`),
  alnum(36).map(body => `npm_${body}`),
  ...['glrt-', 'sk-proj-a_b-', 'sk-svcacct-', 'sk_live_', 'rk_test_', 'whsec_', 'lin_api_', 'hf_', 'dckr_pat_'].map(
    kind => alnum(36).map(body => `${kind}${body}`),
  ),
  ...['pypi-AgE', 'ATATT3x', 'ya29.', 'GOCSPX-', 'SG.aaaaaaaaaaaaaaaaaaaaaa.', '123456789:AA'].map(kind =>
    alnum(33).map(body => `${kind}${body}`),
  ),
)

/** Text in which secrets are found: sentences, JSON, commands, URLs. */
const surroundings = fc.constantFrom<(secret: string) => string>(
  secret => `the token ${secret} was refused`,
  secret => JSON.stringify({url: `https://api.example.com/?t=${secret}&x=1`}),
  secret => `curl -H "Authorization: Bearer ${secret}" https://example.com`,
  secret => `https://x-access-token:${secret}@github.com/acme/widgets.git`,
  secret => `GITHUB_TOKEN=${secret} npm test`,
  secret => `(${secret})\n${secret}`,
)

describe('redaction', () => {
  it('hides every secret that has a shape, wherever it stands', () => {
    fc.assert(
      fc.property(secrets, surroundings, (secret, around) => {
        const clean = redact(around(secret))
        expect(clean).not.toContain(secret)
        expect(clean).not.toContain(secret.slice(-12))
        expect(clean).toContain(REDACTED)
      }),
    )
  })

  it.each([
    ['Authorization: Basic eDp5', `Authorization: Basic ${REDACTED}`],
    ['{"authorization":"token abc123"}', `{"authorization":"token ${REDACTED}"}`],
    ['postgres://me:pa@ss@db:5432/x', `postgres://${REDACTED}@db:5432/x`],
    ['DB_PASSWORD=hunter2 ./run', `DB_PASSWORD=${REDACTED} ./run`],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nrest', `${REDACTED} RSA private key\nrest`],
    ['DB_PASSWORD="hunter2 hunter2" ./run', `DB_PASSWORD=${REDACTED} ./run`],
    ['AWS_SECRET_ACCESS_KEY=wJalr/bPx', `AWS_SECRET_ACCESS_KEY=${REDACTED}`],
    ['https://x.example/a?id=1&access_token=0123456789#top', `https://x.example/a?id=1&access_token=${REDACTED}#top`],
    ['//registry.npmjs.org/:_authToken=0123456789abcdef', `//registry.npmjs.org/:_authToken=${REDACTED}`],
    ['-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl', `${REDACTED} OPENSSH private key`],
  ])('turns %j into %j', (text, clean) => {
    expect(redact(text)).toBe(clean)
  })

  it.each([
    'agent001 pushed 3 commits to agent001/42-fix-login',
    'git@github.com:acme/widgets.git and ssh://git@github.com/acme/widgets',
    'http://127.0.0.1:4318/v1/traces?at=a@b',
    '0123456789abcdef0123456789abcdef01234567',
    'author@example.test wrote “bearer of bad news”',
    'tokens used: 1234, token budget',
  ])('leaves %j alone', text => {
    expect(redact(text)).toBe(text)
  })

  it('changes nothing in clean text a second time', () => {
    fc.assert(
      fc.property(secrets, surroundings, fc.string(), (secret, around, text) => {
        const once = redact(around(secret) + text)
        expect(redact(once)).toBe(once)
      }),
    )
  })

  it('takes about as long for hostile text as for plain text of the same length', () => {
    for (const piece of ['a://', 'a:', 'a.', '-----BEGIN PRIVATE KEY', 'Bearer ', 'eyJ', 'A_', 'authorization: ']) {
      const hostile = piece.repeat(20_000)
      const plain = 'plain words '.repeat(hostile.length / 12)
      // Measured: up to 5 times as long. A pattern that starts over at each character takes hundreds of times as long.
      expect(costOf(hostile) / costOf(plain), piece).toBeLessThan(100)
    }
  })
})

/** Milliseconds that redacting a text takes: the best of three, since other processes can only add to it. */
function costOf(text: string): number {
  const costs = Array.from({length: 3}, () => {
    const begin = performance.now()
    redact(text)
    return performance.now() - begin
  })
  return Math.min(...costs)
}

describe('registered secrets', () => {
  it('are hidden as they are and as in a URL, until they are forgotten', () => {
    const registration = registerSecret('p@ss word/1')
    expect(redact('p@ss word/1 p%40ss%20word%2F1')).toBe(`${REDACTED} ${REDACTED}`)
    registration[Symbol.dispose]()
    expect(redact('p@ss word/1')).toBe('p@ss word/1')
  })

  it('stay while anybody who registered them lives', () => {
    using _mine = registerSecret('swordfish')
    registerSecret('swordfish')[Symbol.dispose]()
    expect(redact('swordfish')).toBe(REDACTED)
  })

  it('are no everyday words', () => {
    using _short = registerSecret('main')
    expect(redact('pushed to main')).toBe('pushed to main')
  })
})

describe('plain data', () => {
  it('is redacted at any depth, in keys too, and fields named as secrets whole', () => {
    const token = `ghp_${'a1'.repeat(18)}`
    expect(
      redactDeep({list: [{deep: token}], [token]: 1, Password: 'x', 'x-api-key': 'y', token: {kept: 'z'}, tokens: 'n'}),
    ).toEqual({
      list: [{deep: `ghp_${REDACTED}`}],
      [`ghp_${REDACTED}`]: 1,
      Password: REDACTED,
      'x-api-key': REDACTED,
      token: {kept: 'z'},
      tokens: 'n',
    })
  })

  it('keeps every value that is no text, and changes nothing in place', () => {
    const token = `ghp_${'a1'.repeat(18)}`
    const given = {at: 1, on: true, none: null, gone: undefined, url: new URL(`https://x:${token}@h/`), inner: {token}}
    expect(redactDeep(given)).toEqual({
      at: 1,
      on: true,
      none: null,
      gone: undefined,
      url: `https://${REDACTED}@h/`,
      inner: {token: REDACTED},
    })
    expect(given.inner.token).toBe(token)
  })

  it('may hold itself, and may hold one thing twice', () => {
    const ring: {name: string; again?: unknown} = {name: 'ring'}
    ring.again = ring
    expect(redactDeep(ring)).toEqual({name: 'ring', again: '[circular]'})
    const shared = {a: 1}
    expect(redactDeep({x: shared, y: shared})).toEqual({x: {a: 1}, y: {a: 1}})
  })
})
