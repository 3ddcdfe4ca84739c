import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {CiScript} from '../../fixtures/github/world/checks.ts'
import {run} from '../../src/base/run.ts'
import type {App} from './driver/app.ts'
import {openPlay, type Play} from './stage.ts'

/** Escape, and time for the program to see that nothing follows it: a key right after it would be Alt with that key. */
async function back(app: App, gone: string | RegExp): Promise<void> {
  await app.press('escape')
  await app.seesNo(gone)
}

describe('the screen by keys', () => {
  let play: Play
  let app: App
  beforeAll(async () => {
    play = await openPlay({pace: 60_000})
    app = play.open()
    await app.sees('Fix login redirect')
  })
  afterAll(() => play[Symbol.asyncDispose]())

  it('/ filters the issues, and Esc shows all again', async () => {
    await app.press('/')
    await app.type('search')
    await app.press('enter')
    await app.sees('/search')
    await app.seesNo('Drop moment.js')
    await app.press('escape')
    await app.sees('Drop moment.js')
  })

  it('s sorts the issues', async () => {
    await app.press('s')
    await app.sees('by number')
  })

  it('v marks issues, and Esc unmarks them', async () => {
    await app.press('g', 'v', 'v')
    await app.sees('2 marked')
    await app.press('escape')
    await app.seesNo('2 marked')
  })

  it('i shows an issue with its text', async () => {
    await app.press('g', 'i')
    await app.sees('Issue #1')
    await app.sees(/After signup people land on/)
    await back(app, 'Issue #1')
  })

  it('P claims the chosen issue, and its agent shows its terminal', async () => {
    await app.press('P')
    await app.sees('a001 #1')
    await app.sees('Scripted agent', {timeoutMs: 20_000})
  })

  it('Space peeks at an agent and sends it a line, n writes it a message', async () => {
    await app.press('space')
    await app.sees('to a001 >')
    await app.type('take your time')
    await app.press('enter')
    await app.sees('a001 reads it at the end of its turn')
    await app.press('n')
    await app.sees('Tell a001')
    await back(app, 'Tell a001')
  })

  it('i shows why an agent is as it is, with what it was told', async () => {
    await app.press('shift+tab', 'i')
    await app.sees('why it is in this state')
    await app.sees('take your time')
    await back(app, 'why it is in this state')
  })

  it('d shows what an agent changed, D what stopping it would save', async () => {
    await app.press('d')
    await app.sees('Changes of #1 against main')
    await back(app, 'Changes of #1')
    await app.press('D')
    await app.sees(/Stop a001\?[\s\S]*saved in a rescue ref/)
    await back(app, 'Stop a001?')
  })

  it('4 lists the events, and Enter opens one', async () => {
    await app.press('4', 'enter')
    await app.sees(/Event \d+ ━[\s\S]*type +\w+/)
    await back(app, /Event \d+ ━/)
  })

  it('3 lists the conflicts, 2 the pull requests', async () => {
    await app.press('3')
    await app.sees('nothing conflicts')
    await app.press('2')
    await app.sees('no pull request is open')
  })

  it('X finds no branch without an owner, L nothing to land', async () => {
    await app.press('X')
    await app.sees('every branch and worktree has an owner')
    await back(app, 'has an owner')
    await app.press('L')
    await app.sees('nothing is ready to land')
    await back(app, 'nothing is ready')
  })

  it('? lists the keys, W shows how to start', async () => {
    await app.press('?')
    await app.sees(/Keys ━[\s\S]*claim the next ready issue/)
    await back(app, 'Keys ━')
    await app.press('W')
    await app.sees('GitHub answers for acme/shop')
    await back(app, 'GitHub answers for')
  })

  it(': finds a command by its words, and leaves the screen', async () => {
    await app.press(':')
    await app.type('orphan')
    await app.type('quit')
    await app.press('ctrl+u')
    await app.type('leave screen')
    await app.sees(/▸ +q +leave the screen/)
    await app.press('enter')
    expect(await app.gone()).toMatchObject({exitCode: 0})
  })

  it('recovers by keys what has no owner, and takes clicks', {timeout: 180_000}, async () => {
    const git = (...args: string[]) => run('git', {args, cwd: play.checkout, env: play.env})
    const {stdout: tree} = await git('rev-parse', 'HEAD^{tree}')
    const {stdout: lost} = await git('commit-tree', '-p', 'HEAD', '-m', 'Half of the work', tree)
    await git('branch', 'agent003/3-drop-moment-js', lost)
    const another = play.open()
    await another.sees('Fix login redirect')
    await another.press('X')
    await another.sees(/▸ +branch +agent003\/3-drop-moment-js +1 /)
    await another.press('l')
    await another.sees(/kept: all of it; it is not proposed again/)
    await another.press('escape')
    await another.seesNo('Orphaned work')
    expect((await git('rev-parse', 'agent003/3-drop-moment-js')).stdout).toBe(lost)

    await another.click({row: 27, col: 5})
    await another.sees(/┏━ 4 Events/)
    await another.click({row: 3, col: 5})
    await another.sees(/┏━ 1 Issues[\s\S]*┃ {2}.*\n┃▸/)
    await another.press('q')
    expect(await another.gone()).toMatchObject({exitCode: 0})
  })
})

it('takes a review to the agent, and shows a pull request, on a small terminal without colours', {
  timeout: 180_000,
}, async () => {
  // One check ends at once, the other never while the test looks.
  const ci: CiScript = () => ({
    checks: [
      {name: 'lint', conclusion: 'success'},
      {name: 'slow', conclusion: 'success', durationMs: 600_000},
    ],
  })
  await using play = await openPlay({pace: 30, ci})
  const app = play.open({cols: 80, rows: 24, env: {NO_COLOR: '1'}})
  await app.sees('Fix login redirect')
  await app.press('p')
  await app.sees('bottled', {timeoutMs: 40_000})
  await app.press('d')
  await app.sees(/Changes of #\d+ against main/)
  await app.sees(/^┃ {2}▸ +2 \+ /m)
  // A comment on the added line goes to the agent, which hands its work in again.
  await app.press('c')
  await app.sees(/Comment on .+ line 2/)
  await app.type('Say why it is empty')
  await app.press('ctrl+s')
  await app.sees('■ Say why it is empty')
  await app.press('s')
  await app.sees('the work goes back to a001')
  await app.press('enter')
  await app.sees('1 comment sent')
  await app.seesNo('■ Say why it is empty')
  await back(app, 'Changes of')
  await app.sees('bottled', {timeoutMs: 40_000})
  await app.press('L')
  await app.sees('a pull request is opened')
  await app.press('enter')
  await app.seesNo('Land the train now?')
  await app.press('2')
  await app.sees(/┏━ 2 Pull requests[\s\S]*▸ . +#\d+ /, {timeoutMs: 20_000})
  await app.press('enter')
  await app.sees(/Pull request #\d+ ━[\s\S]*branch +agent001\/[\s\S]*✓ lint[\s\S]*◐ slow/)
  await app.press('y')
  await app.sees(/copied http/)
  await app.press('q')
  await app.seesNo(/Pull request #\d+ ━/)
  await app.press('q')
  expect(await app.gone()).toMatchObject({exitCode: 0})
})
