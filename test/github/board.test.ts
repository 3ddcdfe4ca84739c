import {describe, expect, it} from 'vitest'
import type {FakeProject} from '../../fixtures/github/project.ts'
import {systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {createGithub} from '../../src/github/gateway.ts'
import {createSetup} from '../../src/github/setup.ts'
import {BOARD_COLUMNS} from '../../src/model/data/show.ts'
import {type SetUp, setUp} from './set-up.ts'

/** A repository with our board, and a gateway that knows it. */
async function withBoard(
  set: SetUp,
  issues: number,
): Promise<{board: FakeProject; github: ReturnType<typeof createGithub>}> {
  for (let number = 1; number <= issues; number++) set.repository.openIssue({title: `Issue ${number}`})
  const setup = createSetup(optionsOf(set))
  const {id} = await setup.ensureBoard({title: 'Ours', columns: BOARD_COLUMNS})
  set.calls()
  return {board: set.repository.project(1), github: createGithub({...optionsOf(set), snapshot: {board: id}})}
}

function optionsOf({server, repository}: SetUp) {
  return {
    baseUrl: server.apiUrl,
    owner: repository.owner,
    repo: repository.name,
    token: async () => server.token,
    clock: systemClock,
    log: silentLog,
    secondMs: 10,
  }
}

describe('cards', () => {
  it('are put on the board and moved together, and what is right costs one query', async () => {
    await using set = await setUp()
    const {board, github} = await withBoard(set, 3)
    board.add(2)
    const move = (column: string) => Promise.all([1, 2, 3].map(number => github.ensureColumn(number, column)))
    await move('Assigned')
    expect([1, 2, 3].map(number => board.status(number))).toEqual(['Assigned', 'Assigned', 'Assigned'])
    expect(set.calls(), 'one query, new cards, moves').toHaveLength(3)
    await move('Assigned')
    expect(set.calls()).toHaveLength(1)
    await move('In Progress')
    expect(set.calls()).toHaveLength(2)
    expect(board.issues()).toEqual([1, 2, 3])
    expect(set.server.unserved).toEqual([])
  })

  it('are moved on a board that is configured by its number, which is looked up once', async () => {
    await using set = await setUp()
    const {board} = await withBoard(set, 1)
    const github = createGithub({...optionsOf(set), snapshot: {board: '1'}})
    await github.ensureColumn(1, 'Assigned')
    expect(set.calls(), 'its id, one query, the card, the move').toHaveLength(4)
    await github.ensureColumn(1, 'Review')
    expect(set.calls()).toHaveLength(2)
    expect(board.status(1)).toBe('Review')
    expect((await github.showing([1])).get(1)).toMatchObject({column: 'Review'})
    expect(await github.board('1')).toMatchObject({title: 'Ours'})
    const missing = createGithub({...optionsOf(set), snapshot: {board: '9'}})
    await expect(missing.ensureColumn(1, 'Done')).rejects.toMatchObject({
      message: expect.stringContaining('9 is not a board (Projects V2)'),
    })
    expect(set.server.unserved).toEqual([])
  })

  it('stay where a person put them, unless they are moved from anywhere', async () => {
    await using set = await setUp()
    const {board, github} = await withBoard(set, 2)
    await github.ensureColumn(1, 'In Progress')
    board.set(1, 'Status', 'Blocked')
    await github.ensureColumn(1, 'Review', ['Assigned', 'In Progress'])
    expect(board.status(1)).toBe('Blocked')
    await github.ensureColumn(1, 'Review')
    await github.ensureColumn(2, 'Review', ['In Progress'])
    expect([board.status(1), board.status(2)]).toEqual(['Review', 'Review'])
  })

  it('of more than one mutation takes go in several', async () => {
    await using set = await setUp()
    const {board, github} = await withBoard(set, 23)
    const numbers = Array.from({length: 23}, (_, index) => index + 1)
    await Promise.all(numbers.map(number => github.ensureColumn(number, 'Review')))
    expect(numbers.map(number => board.status(number))).toEqual(numbers.map(() => 'Review'))
    expect(set.calls()).toHaveLength(6)
  })

  it('continue without one whose issue is gone', async () => {
    await using set = await setUp()
    const {board, github} = await withBoard(set, 2)
    const [one, gone, two] = await Promise.allSettled([1, 99, 2].map(number => github.ensureColumn(number, 'Done')))
    expect([one?.status, two?.status]).toEqual(['fulfilled', 'fulfilled'])
    expect(gone).toMatchObject({status: 'rejected', reason: {code: 'github-not-found'}})
    expect([board.status(1), board.status(2)]).toEqual(['Done', 'Done'])
  })

  it('whose column is gone are reported by its name, the others move', async () => {
    await using set = await setUp()
    set.repository.openIssue({title: 'One'})
    set.repository.openIssue({title: 'Two'})
    const {nodeId} = set.repository.addProject('Plans')
    const github = createGithub({...optionsOf(set), snapshot: {board: nodeId}})
    const [done, review] = await Promise.allSettled([github.ensureColumn(1, 'Done'), github.ensureColumn(2, 'Review')])
    expect(done.status).toBe('fulfilled')
    expect(review).toMatchObject({
      reason: {
        code: 'board-without-column',
        message: expect.stringContaining('no column Review'),
        next: expect.stringMatching(
          /^add it to Status on https?:.*; clambake init adds it only to a board without cards$/,
        ),
      },
    })
  })

  it('of a board that was deleted are refused with what helps, and their issues show none', async () => {
    await using set = await setUp()
    const {github} = await withBoard(set, 1)
    const setup = createSetup(optionsOf(set))
    const board = await setup.board({id: null, title: 'Ours'})
    await setup.ensureNoBoard(board!.id)
    await expect(github.ensureColumn(1, 'Done')).rejects.toMatchObject({
      code: 'board-gone',
      next: expect.stringContaining('clambake init'),
    })
    expect((await github.showing([1])).get(1)).toMatchObject({column: null})
  })

  it('are skipped without a board', async () => {
    await using set = await setUp()
    await set.github.ensureColumn(1, 'Done')
    expect(set.calls()).toEqual([])
  })
})

describe('what GitHub shows', () => {
  it('is read for many issues by one query: labels, people and column', async () => {
    await using set = await setUp()
    const {board, github} = await withBoard(set, 60)
    board.add(2)
    board.set(2, 'Status', 'Review')
    set.repository.addLabels(2, 'route:review')
    set.repository.assign(2, 'ada')
    const numbers = Array.from({length: 60}, (_, index) => index + 1)
    const seen = await github.showing(numbers)
    expect(set.calls()).toHaveLength(2)
    expect(seen.get(2)).toEqual({labels: ['route:review'], assignees: ['ada'], column: 'Review'})
    expect(seen.get(60)).toEqual({labels: [], assignees: [], column: null})
    expect(set.server.unserved).toEqual([])
  })

  it('is null for an issue that is gone, and known of the others', async () => {
    await using set = await setUp()
    const {github} = await withBoard(set, 1)
    const seen = await github.showing([1, 99])
    expect([seen.get(1), seen.get(99)]).toEqual([{labels: [], assignees: [], column: null}, null])
  })

  it('is not known of a repository that the token may not see any more', async () => {
    await using set = await setUp()
    const {github} = await withBoard(set, 1)
    using _rest = set.server.fault({kind: 'status', status: 404, message: 'Not Found', times: 9})
    await expect(github.showing([1])).rejects.toMatchObject({code: 'repository-not-found'})
  })

  it.each([
    ['without a board for a token that may not see one', {column: undefined}],
    ['by REST where there are no queries', {column: undefined}],
  ])('is read %s', async (what, rest) => {
    await using set = await setUp()
    const {github} = await withBoard(set, 1)
    const match = {method: 'POST', path: /graphql/}
    using _ = what.includes('REST')
      ? set.server.fault({kind: 'status', status: 404, message: 'Not Found', match, times: 9})
      : set.server.fault({kind: 'status', status: 403, message: 'Resource not accessible', match, times: 1})
    expect((await github.showing([1])).get(1)).toEqual({labels: [], assignees: [], ...rest})
  })
})

describe('an assignee', () => {
  it('comes and goes beside those of people', async () => {
    await using set = await setUp()
    set.repository.openIssue({title: 'One', assignees: ['ada']})
    const assigned = () => set.repository.issue(1).assignees
    expect(await set.github.ensureAssignee(1, {assign: 'robot', unassign: null})).toBe(true)
    expect(await set.github.ensureAssignee(1, {assign: 'robot', unassign: null})).toBe(true)
    expect(assigned()).toEqual(['ada', 'robot'])
    expect(await set.github.ensureAssignee(1, {assign: 'other', unassign: 'robot'})).toBe(true)
    expect(assigned()).toEqual(['ada', 'other'])
    expect(set.server.unserved).toEqual([])
  })
})
