import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {runThrough} from '../../src/base/run.ts'
import {parseRemote, resolveRepository} from '../../src/github/address.ts'
import {reasonOf} from '../../src/github/client/errors.ts'
import {findToken, ghAuthToken} from '../../src/github/client/token.ts'
import {defaultConfig} from '../../src/model/data/config.ts'
import {quoteForGithub, quoteMessage} from '../../src/model/mirror/quote.ts'

describe('reasonOf', () => {
  const refusal = (data: object) => ({status: 422, message: 'Validation Failed: {…}', response: {headers: {}, data}})
  it.each<[string, unknown, string]>([
    [
      'a field and what is wrong with it',
      [{resource: 'Label', field: 'name', code: 'already_exists'}],
      'Validation Failed: Label name: already_exists',
    ],
    [
      'a field, its value and a sentence',
      [{resource: 'PullRequest', field: 'base', code: 'invalid', value: 'trunk', message: 'is no branch'}],
      'Validation Failed: PullRequest base "trunk": is no branch',
    ],
    [
      'a sentence of a whole thing',
      [{resource: 'PullRequest', code: 'custom', message: 'No commits between main and work'}],
      'Validation Failed: PullRequest: No commits between main and work',
    ],
    [
      'several',
      [{resource: 'Issue', field: 'title', code: 'missing_field'}, 'and a sentence'],
      'Validation Failed: Issue title: missing_field; and a sentence',
    ],
    ['one sentence without a list', 'Head is out of date', 'Validation Failed: Head is out of date'],
    ['what no documentation has', [{detail: {deep: 1}}], 'Validation Failed: {"detail":{"deep":1}}'],
  ])('keeps %s', (_, errors, reason) => {
    expect(reasonOf(refusal({message: 'Validation Failed', errors}))).toBe(reason)
  })
})

describe('quoteForGithub', () => {
  it.each([
    ['thanks @octocat and @acme/team', 'thanks @&#8203;octocat and @&#8203;acme/team'],
    ['Closes #1, fixes: #2', 'Closes &#8203;#1, fixes: &#8203;#2'],
    ['RESOLVES acme/shop#3', 'RESOLVES &#8203;acme/shop#3'],
    ['fixed https://github.com/a/b/issues/1', 'fixed &#8203;https://github.com/a/b/issues/1'],
    ['close GH-12', 'close &#8203;GH-12'],
    ['![beacon](http://x/y.png)', '!&#8203;[beacon](http://x/y.png)'],
    ['<img src=x><!-- hidden -->', '&lt;img src=x>&lt;!-- hidden -->'],
    ['<!channel> \u001b[31mred\u001b[0m', '&lt;!channel> red'],
    ['see #12, write to a@b.c', 'see #12, write to a@&#8203;b.c'],
    ['enclose #1 and prefix 5', 'enclose #1 and prefix 5'],
    ['Tax [skip ci]', 'Tax [&#8203;skip ci]'],
    // GitHub reads mentions and keywords once these are characters.
    ['&#64;octocat, fixes&#32;#1, R&D & more', '&amp;#64;octocat, fixes&amp;#32;#1, R&D & more'],
    [`Closes:${' '.repeat(60)}#1`, `Closes:${' '.repeat(60)}&#8203;#1`],
  ])('%s', (text, quoted) => {
    expect(quoteForGithub(text)).toBe(quoted)
  })

  it('leaves no mention, closing keyword, image or tag in any text', () => {
    const part = fc.constantFrom('@', 'a', 'closes', 'Fix', ' ', '\t', ': ', '#1', 'o/r#2', '![', '](x)', '<', '\u001b')
    fc.assert(
      fc.property(fc.array(part), parts => {
        const quoted = quoteForGithub(parts.join(''))
        expect(quoted).not.toMatch(/@[a-z0-9]|!\[|</i)
        expect(quoted).not.toMatch(/\b(closes|fix):?[ \t]+(#\d|o\/r#\d)/i)
      }),
    )
  })
})

describe('quoteMessage', () => {
  it.each([
    ['Fixes #7, closes #8', 'Fixes #7, closes \u200b#8'],
    ['Fixes: **#70**', 'Fixes: **\u200b#70**'],
    [`Closes${'\n'.repeat(50)}#12`, `Closes${'\n'.repeat(50)}\u200b#12`],
    ['Closes\n#12', 'Closes\n\u200b#12'],
    ['Ask @ada (@acme/team), not é@bob', 'Ask @\u200bada (@\u200bacme/team), not é@\u200bbob'],
    ['Co-authored-by: Bob <bob@example.org>', 'Co-authored-by: Bob <bob@example.org>'],
    ['Fix the tax of #3', 'Fix the tax of #3'],
    ...['skip ci', 'ci skip', 'No CI', 'skip actions', 'actions skip', 'skip circle'].map((words): [string, string] => [
      `Tax [${words}]`,
      `Tax [\u200b${words}]`,
    ]),
    ['***NO_CI***', '***\u200bNO_CI***'],
    ['Tax\n\nskip-checks: true', 'Tax\n\nskip-checks\u200b: true'],
    ['[x] Skip [no problem]', '[x] Skip [no problem]'],
  ])('%j', (message, harmless) => {
    expect(quoteMessage(message, 7)).toBe(harmless)
    expect(quoteMessage(harmless, 7)).toBe(harmless)
  })
})

describe('parseRemote', () => {
  const github = {owner: 'acme', repo: 'shop', apiUrl: 'https://api.github.com'}
  it.each([
    ['https://github.com/acme/shop.git', {host: 'github.com', ...github}],
    ['https://github.com/acme/shop/', {host: 'github.com', ...github}],
    ['https://x-access-token:secret@github.com/acme/shop', {host: 'github.com', ...github}],
    ['git@github.com:acme/shop.git', {host: 'github.com', ...github}],
    ['ssh://git@ssh.github.com:443/acme/shop.git', {host: 'ssh.github.com:443', ...github}],
    [
      'https://ghe.example:8443/acme/shop.git',
      {host: 'ghe.example:8443', owner: 'acme', repo: 'shop', apiUrl: 'https://ghe.example:8443/api/v3'},
    ],
    [
      'git@ghe.example:acme/shop',
      {host: 'ghe.example', owner: 'acme', repo: 'shop', apiUrl: 'https://ghe.example/api/v3'},
    ],
    [
      'https://acme.ghe.com/acme/shop',
      {host: 'acme.ghe.com', owner: 'acme', repo: 'shop', apiUrl: 'https://api.acme.ghe.com'},
    ],
    [
      'http://127.0.0.1:4711/acme/my.shop.git',
      {host: '127.0.0.1:4711', owner: 'acme', repo: 'my.shop', apiUrl: 'http://127.0.0.1:4711/api/v3'},
    ],
    ['/srv/git/shop.git', null],
    ['file:///srv/git/acme/shop.git', null],
    ['https://github.com/acme', null],
    ['https://github.com/acme/shop/tree/main', null],
    ['ext::sh -c whoami', null],
    ['C:\\work\\shop', null],
    ['', null],
  ])('%s', (remote, address) => {
    expect(parseRemote(remote)).toEqual(address)
  })
})

describe('resolveRepository', () => {
  it('lets the configuration win', () => {
    const config = {...defaultConfig.github, repo: 'other', api_url: 'http://127.0.0.1:1/api/'}
    expect(resolveRepository(config, 'git@github.com:acme/shop.git')).toEqual({
      host: 'github.com',
      owner: 'acme',
      repo: 'other',
      apiUrl: 'http://127.0.0.1:1/api',
    })
  })

  it('says what is missing, without a password in the remote’s URL', () => {
    expect(() => resolveRepository(defaultConfig.github, null)).toThrow(
      expect.objectContaining({code: 'no-github-remote', exitCode: 2}),
    )
    expect(() => resolveRepository(defaultConfig.github, 'https://u:secret@host/x')).toThrow(
      expect.objectContaining({message: expect.not.stringContaining('secret')}),
    )
  })
})

describe('findToken', () => {
  const none = async () => null
  const config = defaultConfig.github

  it('asks the configured variable, GITHUB_TOKEN, GH_TOKEN and gh, in this order', async () => {
    const env = {MINE: ' one ', GITHUB_TOKEN: 'two', GH_TOKEN: 'three'}
    const runGh = async () => 'four\n'
    expect(await findToken({env, config: {...config, token_env: 'MINE'}, runGh})).toBe('one')
    expect(await findToken({env, config, runGh})).toBe('two')
    expect(await findToken({env: {GH_TOKEN: 'three'}, config, runGh})).toBe('three')
    expect(await findToken({env: {GITHUB_TOKEN: ''}, config, runGh})).toBe('four')
  })

  it('says that gh hangs where it does', async () => {
    const ended = {exitCode: undefined, signal: 'SIGTERM', stdout: '', stderr: '', isUnknown: false} as const
    using _through = runThrough({
      execute: async () => ({...ended, timedOut: true, failure: 'it took over 10000 ms'}),
      async [Symbol.asyncDispose]() {},
    })
    await expect(ghAuthToken('github.com', {})).rejects.toMatchObject({
      code: 'no-token',
      message: 'There is no token for GitHub: gh auth token did not answer in 10 seconds',
      next: expect.stringContaining('run gh auth token'),
    })
  })

  it('says what to do when there is none', async () => {
    await expect(findToken({env: {}, config, runGh: none})).rejects.toMatchObject({
      code: 'no-token',
      exitCode: 2,
      next: expect.stringContaining('gh auth login'),
    })
    await expect(
      findToken({env: {GITHUB_TOKEN: 'two'}, config: {...config, token_env: 'MINE'}, runGh: none}),
    ).rejects.toMatchObject({code: 'no-token', message: expect.stringContaining('MINE')})
  })
})
