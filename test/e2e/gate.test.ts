import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import type {CiScript} from '../../fixtures/github/world/checks.ts'
import {poll} from '../../src/base/clock.ts'
import {GATE_RULES} from '../../src/model/landing/gate/answer.ts'
import {openPlay, type Play} from './stage.ts'
import {PATIENCE, stateWhen} from './steps.ts'

/** Long enough for people to say a word while it runs. */
const slowCi: CiScript = () => ({checks: [{name: 'test', durationMs: 4000, conclusion: 'success'}]})

const issue = (title: string, ...files: string[]) => ({
  title,
  body: 'As it says.',
  labels: ['route:ready'],
  turns: files.map(file => [
    {do: 'edit' as const, file, content: `${title}\n`},
    {do: 'commit' as const, message: `${title}: ${file}`},
  ]),
})

const ticketOf = (play: Play, number: number, detail: string) =>
  stateWhen(play, ({tickets}) => tickets.find(ticket => ticket.number === number)?.detail === detail)

/** The pull request of an issue, once it is open. */
async function pullOf(play: Play, number: number): Promise<number> {
  const open = () => play.repository.pulls().find(({head}) => head.branch.includes(`/${number}-`))
  return (await poll(async () => open(), PATIENCE))!.number
}

/** The merge gate's lines in what a command printed. */
function rulesIn(text: string): string[] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => GATE_RULES.some(rule => line.slice(2).startsWith(rule)))
}

function prompts(play: Play): string[] {
  const folder = join(play.env.HOME!, '.fixture-agent')
  const [file] = readdirSync(folder)
  return (JSON.parse(readFileSync(join(folder, file!), 'utf8')) as {prompts: string[]}).prompts
}

it('a review that asks for changes goes back to its agent, and its reviewer has the last word', {
  timeout: 240_000,
}, async () => {
  await using play = await openPlay({agents: 1, issues: [issue('Sort the shelf', 'a.txt', 'b.txt')], ci: slowCi})
  await using app = play.open({cols: 200, rows: 50})
  await app.sees('Sort the shelf')
  await app.press('p')
  await ticketOf(play, 1, 'bottled')
  await app.press('L')
  await app.sees('pull request is opened')
  await app.press('enter')
  const pull = await pullOf(play, 1)
  play.repository.review(pull, {by: 'acme', state: 'CHANGES_REQUESTED', body: 'This drops the wrong rows.'})
  await poll(async () => (prompts(play).length === 2 ? true : undefined), PATIENCE)
  expect(prompts(play)[1]).toMatch(/acme on GitHub said:[\s\S]*```\nThis drops the wrong rows\.\n```/)
  await ticketOf(play, 1, 'needs you')
  // The checks of its last commit may still run, and GitHub may still look for conflicts; then the answer stays.
  const said = (await poll(async () => {
    const lines = rulesIn((await play.command(['why', '1'])).stdout)
    return lines.length > 0 && !lines.some(line => line.startsWith('◐')) ? lines : undefined
  }, PATIENCE))!
  expect(said).toHaveLength(GATE_RULES.length)
  expect(said.join('\n')).toContain('needs you: acme asked for changes on an earlier commit')
  expect(rulesIn((await play.command(['land', '--dry-run'])).stdout)).toEqual(said)
  await app.press('2', 'i')
  await app.sees('may it merge?')
  for (const line of said) await app.sees(line)
  await app.press('escape')
  expect(play.repository.pull(pull).merged).toBe(false)
  play.repository.review(pull, {by: 'acme', state: 'APPROVED'})
  await stateWhen(play, ({tickets}) => tickets.find(({number}) => number === 1)?.phase === 'merged')
  expect(await play.repository.readFile('b.txt')).toBe('Sort the shelf\n')
})

it('nothing lands that a person decided against while its checks ran, nor after a forced push to main', {
  timeout: 240_000,
}, async () => {
  await using play = await openPlay({
    agents: 4,
    issues: [
      issue('Retarget', 'r.txt'),
      issue('Drop', 'd.txt'),
      issue('Keep', 'k.txt'),
      issue('Workflow', '.github/workflows/x.yml'),
    ],
    ci: slowCi,
    // Each by its own pull request, which a person changes.
    bundling: {max_bundle_size: 1},
  })
  await play.repository.pushCommit({branch: 'release', files: {}})
  for (const number of [1, 2, 3, 4]) await play.popped(number)
  for (const number of [1, 2, 3, 4]) await ticketOf(play, number, 'bottled')
  const landing = play.command(['land', '--json'])
  const [retargeted, dropped, kept, workflow] = [
    await pullOf(play, 1),
    await pullOf(play, 2),
    await pullOf(play, 3),
    await pullOf(play, 4),
  ]
  await fetch(`${play.github.apiUrl}/repos/acme/shop/pulls/${retargeted}`, {
    method: 'PATCH',
    headers: {authorization: `token ${play.github.token}`},
    body: JSON.stringify({base: 'release'}),
  })
  play.repository.closeIssue(2, 'not_planned')
  play.repository.addLabels(3, 'Human-Only')
  await landing
  const state = await ticketOf(play, 1, 'needs you')
  const reasons = Object.fromEntries(state.tickets.map(({number, attention}) => [number, attention]))
  expect(reasons[1]).toContain('its base was changed to release by hand')
  expect(reasons[2]).toContain('closed by hand as not planned')
  expect(reasons[3]).toContain('labelled human-only')
  expect(reasons[4]).toContain(`changes .github/workflows/x.yml: approve #${workflow}`)
  expect([retargeted, dropped, kept, workflow].map(number => play.repository.pull(number).merged)).toEqual([
    false,
    false,
    false,
    false,
  ])

  // A forced push to main halts all landing until a person, at the keys, lets it continue.
  const seen = await play.repository.pushCommit({branch: 'main', files: {'new.txt': 'x'}})
  await stateWhen(play, ({header}) => header.main === seen)
  await play.repository.pushCommit({branch: 'main', files: {'other.txt': 'x'}, from: `${seen}~1`, force: true})
  await stateWhen(play, ({header}) => header.halted !== null)
  const refused = await play.command(['land'])
  expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('main was force-pushed')])
  const app = play.open()
  await app.sees('landing is halted')
  await app.press('L')
  await app.sees(/Lift the halt[\s\S]*halted +main was force-pushed/)
  await app.press('enter')
  await app.sees('the halt is lifted')
  await stateWhen(play, ({header}) => header.halted === null)
})
