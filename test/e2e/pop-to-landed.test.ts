import {expect, it} from 'vitest'
import {openPlay} from './stage.ts'

it('goes from pop to landed by keys', {timeout: 180_000}, async () => {
  await using play = await openPlay()
  const app = play.open()
  await app.sees('acme/shop')
  await app.sees('Fix login redirect')
  await app.press('p')
  await app.sees(/a001 #\d/)
  // The work is done when its ticket waits for the train.
  await app.sees('bottled', {timeoutMs: 40_000})
  await app.press('L')
  await app.sees('pull request is opened')
  await app.press('enter')
  await app.sees(/landed through #\d+/, {timeoutMs: 40_000})
  const [pull] = play.repository.pulls()
  expect(pull).toMatchObject({merged: true, base: {branch: 'main'}})
  expect(pull?.body).toMatch(/^Closes #\d/)
  expect(play.repository.issues().filter(issue => issue.state === 'closed')).toHaveLength(1)
  // The branch and the claim are gone, the agents' commits are on main.
  expect(play.repository.branches()).toEqual(['main'])
  await app.press('q')
  expect(await app.gone()).toMatchObject({exitCode: 0})
})

it('attaches, types, detaches', {timeout: 180_000}, async () => {
  // A slow agent waits long enough at each step for the test to type.
  await using play = await openPlay({pace: 60_000})
  const app = play.open()
  await app.sees('Fix login redirect')
  await app.press('p')
  await app.sees(/a001 #\d/)
  await app.sees('Scripted agent', {timeoutMs: 20_000})
  await app.press('enter')
  await app.sees(/Ctrl-\]|detach/)
  await app.type('hello there')
  await app.sees('hello there')
  await app.press('ctrl+]')
  await app.press('q')
  expect(await app.gone()).toMatchObject({exitCode: 0})
  expect(play.pids().host).not.toBeNull()
})
