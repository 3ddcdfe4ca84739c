import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {openPlay} from './stage.ts'

it('a first start says what is missing, and runs doctor and init by a key, in its terminal', {
  timeout: 120_000,
}, async () => {
  await using play = await openPlay()
  await rm(join(play.checkout, 'clambake.toml'))
  const app = play.open()
  await app.sees(/no clambake\.toml: all settings have their defaults/)
  await app.sees(/claude is not in PATH/)
  // What takes longer comes from doctor, in its words.
  await app.sees(/main is not protected: anyone with write access may push to it|more could be better/)

  await app.press('d')
  await app.sees(/\$ clambake doctor[\s\S]*✓ github +acme\/shop answers[\s\S]*⏎ back to the screen/)
  await app.press('enter')
  await app.sees('1 Issues')
  // The keyboard is the screen's again.
  await app.press('?')
  await app.sees('claim the next ready issue and start an agent on it')
  await app.press('q')
  await app.seesNo('claim the next ready issue and start an agent on it')

  await app.press('W', 'i')
  await app.sees(/Do this\? \[y\/N\]/)
  await app.press('ctrl+c')
  await app.sees(/⏎ back to the screen, Ctrl-C leaves/)
  await app.press('ctrl+c')
  expect(await app.gone()).toMatchObject({exitCode: 0})
})
