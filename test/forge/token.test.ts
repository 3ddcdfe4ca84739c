import {chmod, writeFile} from 'node:fs/promises'
import {expect, it, vi} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {tokenReader} from '../../src/forge/token.ts'
import {defaultConfig} from '../../src/model/data/config.ts'

/** A reader of tokens, and what `gh` prints from now on; null: it is not logged in. */
async function setup(folder: string, more: NodeJS.ProcessEnv = {}) {
  const clock = createFakeClock()
  const {PATH, ...env} = sealedEnv(folder)
  const gh = async (token: string | null) => {
    await writeFile(`${folder}/gh`, `#!/bin/sh\n${token === null ? 'exit 1' : `echo ${token}`}\n`)
    await chmod(`${folder}/gh`, 0o755)
  }
  const read = tokenReader({config: defaultConfig.github, env: {...env, PATH: `${folder}:${PATH}`, ...more}, clock})
  return {clock, gh, token: () => read(() => 'github.com')}
}

it('takes a login that gh renewed, and keeps the last one while gh has none', async () => {
  using folder = temporaryFolder()
  const {clock, gh, token} = await setup(folder.path)
  await gh(null)
  await expect(token()).rejects.toMatchObject({code: 'no-token'})
  await gh('ghp_first')
  expect(await token()).toBe('ghp_first')
  await gh('ghp_second')
  await clock.advance(4 * 60_000)
  expect(await token()).toBe('ghp_first')
  await clock.advance(60_000)
  await vi.waitFor(async () => expect(await token()).toBe('ghp_second'))
  await gh(null)
  await clock.advance(5 * 60_000)
  await token()
  await clock.advance(5 * 60_000)
  expect(await token()).toBe('ghp_second')
})

it('asks gh nothing where a variable has the token', async () => {
  using folder = temporaryFolder()
  const {clock, gh, token} = await setup(folder.path, {GITHUB_TOKEN: 'ghp_variable'})
  await gh('ghp_of_gh')
  expect(await token()).toBe('ghp_variable')
  await clock.advance(60 * 60_000)
  await token()
  expect(await token()).toBe('ghp_variable')
})
