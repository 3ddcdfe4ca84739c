import {describe, expect, it} from 'vitest'
import {loginEnv, parseRemote, scrub} from '../../src/git/command/remote-url.ts'

const of = (address: string) => parseRemote(address, address)

describe('a remote address', () => {
  it.each([
    ['https://github.com/acme/widget.git', {owner: 'acme', repo: 'widget'}, 'https://github.com/'],
    ['https://github.com/acme/widget', {owner: 'acme', repo: 'widget'}, 'https://github.com/'],
    ['http://127.0.0.1:8080/acme/wid.get.git', {owner: 'acme', repo: 'wid.get'}, 'http://127.0.0.1:8080/'],
    ['git@github.com:acme/widget.git', {owner: 'acme', repo: 'widget'}, null],
    ['ssh://git@github.com:22/acme/widget.git', {owner: 'acme', repo: 'widget'}, null],
    ['file:///srv/widget.git', null, null],
    ['/srv/widget.git', null, null],
  ])('%s', (address, slug, loginScope) => {
    expect(of(address)).toMatchObject({url: address, slug, loginScope})
  })

  it.each(['ext::sh -c whoami', '--upload-pack=evil', 'git://host/x', 'fd::3', ''])('refuses %j', address => {
    expect(() => of(address)).toThrow(expect.objectContaining({code: 'remote-protocol'}))
  })

  it('keeps a password out of what is shown, and uses it when there is no token', () => {
    const remote = of('https://x-access-token:s3cret@github.com/acme/widget.git')
    expect(JSON.stringify({url: remote.url, pushUrl: remote.pushUrl})).not.toContain('s3cret')
    const basic = (secret: string) => Buffer.from(`x-access-token:${secret}`).toString('base64')
    expect(loginEnv(remote, null).GIT_CONFIG_VALUE_0).toBe(`Authorization: Basic ${basic('s3cret')}`)
    expect(loginEnv(remote, 'token').GIT_CONFIG_VALUE_0).toBe(`Authorization: Basic ${basic('token')}`)
    expect(loginEnv(remote, 'token').GIT_CONFIG_KEY_0).toBe('http.https://github.com/.extraHeader')
  })

  it('takes a percent sign in a password or a path as it is', () => {
    const basic = (secret: string) =>
      `Authorization: Basic ${Buffer.from(`x-access-token:${secret}`).toString('base64')}`
    expect(loginEnv(of('https://me:50%off@github.com/acme/widget.git'), null).GIT_CONFIG_VALUE_0).toBe(basic('50%off'))
    expect(loginEnv(of('https://me:a%2Fb@github.com/acme/widget.git'), null).GIT_CONFIG_VALUE_0).toBe(basic('a/b'))
    expect(of('https://github.com/acme/wid%get.git').slug).toEqual({owner: 'acme', repo: 'wid%get'})
  })

  it('gives no login to transports that have their own', () => {
    expect(loginEnv(of('git@github.com:acme/widget.git'), 'token')).toEqual({})
    expect(loginEnv(of('file:///srv/x.git'), 'token')).toEqual({})
  })

  it('takes secrets out of text', () => {
    const text = scrub('fatal: https://me:pw@host/x and tok123; Authorization: Basic abc=', 'tok123')
    expect(text).toBe('fatal: https://***@host/x and ***; Authorization: Basic ***')
  })
})
