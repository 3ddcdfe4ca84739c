import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {cloneOf} from '../../fixtures/repos/sample.ts'
import {openApp} from './driver/app.ts'
import {openPlay, PROGRAM} from './stage.ts'

const LONG_MS = 30_000

const ISSUES = ['Asks first', 'Search stalls'].map(title => ({
  title,
  body: 'As the title says.',
  labels: ['route:ready'],
  turns: [[{do: 'ask' as const, command: 'npm install left-pad'}]],
}))

it('works in two repositories on one screen, beside a folder that is not a repository', {
  timeout: 180_000,
}, async () => {
  await using play = await openPlay({issues: ISSUES, agents: 2})
  const {repository, github, env} = play
  const other = join(play.folder, 'other')
  const empty = join(play.folder, 'empty')
  mkdirSync(empty)
  await cloneOf(repository.url, {dir: other, token: github.token, home: env.HOME!})
  play.alsoIn(other)

  const app = play.open({args: [play.checkout, other, empty], cols: 120, rows: 34})
  await app.sees(/^ \S+ +other +empty +✗ +\[ \] switch/)
  await app.sees('Asks first', {timeoutMs: LONG_MS})

  // Each has agents of its own; the needs of all are shown in every place.
  await app.press('p')
  await app.sees(/◆ +#1 Asks first/, {timeoutMs: LONG_MS})
  await app.press(']')
  await app.sees(/· +#2 Search stalls/, {timeoutMs: LONG_MS})
  await app.press('/')
  await app.type('stalls')
  await app.press('enter', 'P')
  await app.sees(/◆ +#2 Search stalls/, {timeoutMs: LONG_MS})
  await app.press(']')
  // The folder's path may be as long as it likes.
  await app.sees(/is[\s┃]+not[\s┃]+in[\s┃]+a[\s┃]+git[\s┃]+repository/)
  await app.sees(/^ \S+ {4}◆1 +other {4}◆1 +empty/)
  await app.press('A')
  await app.sees(/Needs you .* 2 places/)
  await app.sees(/other +#2 a001 {2}asks Bash npm install left-pad/)
  await app.press('escape')
  await app.seesNo('Needs you')
  await app.press('!')
  await app.sees(/a001 #1 .*asks Bash/)
  await app.press('!')
  await app.sees(/a001 #2 .*asks Bash/)
  await app.press('a')
  await app.sees('allow once')
  await app.press('y')
  await app.sees('#2 is blocked', {timeoutMs: LONG_MS})
  await app.press('q')
  expect((await app.gone()).exitCode).toBe(0)

  // Started outside of any repository, it opens the person's fleet.
  const taste = join(env.HOME!, '.config', 'clambake')
  mkdirSync(taste, {recursive: true})
  writeFileSync(join(taste, 'taste.json'), JSON.stringify({fleet: [play.checkout, other]}))
  await using fleet = openApp({command: process.execPath, args: [PROGRAM], cwd: empty, env, cols: 80, rows: 24})
  await fleet.sees(/^ \S+ {4}◆1 +other .*\n clambake {2}/, {timeoutMs: LONG_MS})
  await fleet.press('q')
  expect((await fleet.gone()).exitCode).toBe(0)
})
