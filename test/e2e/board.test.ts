import {appendFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {DEMO_ISSUES} from '../../fixtures/demo/issues.ts'
import {poll, systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {createSetup} from '../../src/github/setup.ts'
import {BOARD_COLUMNS} from '../../src/model/data/show.ts'
import type {SyncRow} from '../../src/protocol/daemon.ts'
import {openPlay, type Play} from './stage.ts'
import {PATIENCE, stateWhen} from './steps.ts'

type Synced = {rows: SyncRow[]; told: number[]; compared: number}

/** The play's repository gets our board, and its configuration names it. */
async function withBoard({github, repository, checkout}: Play) {
  const setup = createSetup({
    baseUrl: github.apiUrl,
    owner: repository.owner,
    repo: repository.name,
    token: async () => github.token,
    clock: systemClock,
    log: silentLog,
  })
  const {id} = await setup.ensureBoard({title: 'Shop', columns: BOARD_COLUMNS})
  const settings = `\n[github]\nproject_id = ${JSON.stringify(id)}\n\n[sync]\nstrategy = "github-wins"\n`
  await appendFile(join(checkout, 'clambake.toml'), settings)
  const board = repository.project(1)
  const reaches = async (issue: number, column: string) => {
    const found = await poll(async () => (board.status(issue) === column ? true : undefined), PATIENCE)
    expect(found, `#${issue} is in ${board.status(issue)}, not in ${column}`).toBe(true)
  }
  return {board, reaches, remove: () => setup.ensureNoBoard(id)}
}

it('a card follows its ticket to Done, and what people do to it is obeyed or put back', {
  timeout: 240_000,
}, async () => {
  await using play = await openPlay({issues: DEMO_ISSUES.slice(0, 2), agents: 1, pace: 2000})
  const {board, reaches, remove} = await withBoard(play)
  const phase = (wanted: string) =>
    stateWhen(play, ({tickets}) => tickets.find(({number}) => number === 1)?.phase === wanted)
  const [first] = DEMO_ISSUES

  await play.popped(1)
  await reaches(1, 'In Progress')
  expect(play.repository.issue(1).labels).toEqual(expect.arrayContaining(['agent001', 'agent:in-progress']))

  board.set(1, 'Status', 'Blocked')
  await phase('blocked')
  const isShown = async () => (play.repository.issue(1).labels.includes('route:blocked') ? true : undefined)
  expect(await poll(isShown, PATIENCE)).toBe(true)
  // A card that is dragged while it is being moved must be dragged again.
  await stateWhen(play, ({tickets}) => {
    if (tickets.some(({number, phase: now}) => number === 1 && now !== 'blocked')) return true
    board.set(1, 'Status', 'In Progress')
    return false
  })
  await reaches(1, 'Review')

  // Bottled work waits for the train; a card that was dragged to Done is no landing.
  board.set(1, 'Status', 'Done')
  const dry = await poll(async () => {
    const {rows} = (await play.json('sync', '--dry-run', '--strategy', 'local-wins')) as Synced
    return rows.length > 0 ? rows : undefined
  }, PATIENCE)
  expect(dry).toMatchObject([{ticket: 1, part: 'column', wanted: 'Review', found: 'Done', act: 'put back'}])
  expect(board.status(1)).toBe('Done')
  const asked = await play.command(['sync', '--strategy', 'manual'])
  expect(asked.stdout).toMatch(new RegExp(`#1 +${first!.title} +column +Review +Done +you decide +waits for you`))
  expect(asked.exitCode).toBe(1)
  {
    await using app = play.open({args: ['sync', '--strategy', 'manual']})
    await app.sees('#1 column: Done instead of Review')
    await app.sees('Take what GitHub shows? [y/N]')
    await app.type('n\r')
    await app.sees('Put it back? [y/N]')
    await app.type('y\r')
    await app.sees(/Review +Done +Clambake +put back/)
    expect(await app.gone()).toMatchObject({exitCode: 0})
  }
  expect(board.status(1)).toBe('Review')
  expect(play.repository.issue(1).state).toBe('open')

  await play.command(['land'])
  await reaches(1, 'Done')
  await phase('merged')
  expect(play.repository.issue(1).state).toBe('closed')

  await remove()
  await play.popped(2)
  const {header} = await stateWhen(play, ({header: {troubles}, tickets}) => {
    return troubles.length > 0 && tickets.some(({number, detail}) => number === 2 && detail === 'bottled')
  })
  expect(header.troubles).toEqual([expect.stringContaining('is not a board')])
  expect(play.github.unserved).toEqual([])
})
