import {existsSync} from 'node:fs'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {StepInput} from '../../fixtures/agent/script.ts'
import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import {openSampleRepository} from '../../fixtures/repos/sample.ts'
import type {App} from './driver/app.ts'
import {openPlay, type Play} from './stage.ts'

const LONG_MS = 30_000

function issue(title: string, ...steps: StepInput[]): DemoIssue {
  return {title, body: 'As the title says.', labels: ['route:ready'], turns: [steps]}
}

const ISSUES = [
  issue('Asks first', {do: 'ask', command: 'npm install left-pad'}),
  issue('Half done', {do: 'edit', file: 'half.txt', content: 'half of it\n'}, {do: 'sleep', ms: 600_000}),
  issue('Says it is done', {do: 'say', text: 'I am done.'}),
  issue('Search stalls'),
  issue('Ready to go'),
]

/** Escape, and time to see that nothing follows it: a key right after it would be Alt with that key. */
async function back(app: App, gone: string | RegExp): Promise<void> {
  await app.press('escape')
  await app.seesNo(gone)
}

describe.each([
  {cols: 80, rows: 24, looks: 'without colours', env: {NO_COLOR: '1'}},
  {cols: 120, rows: 34, looks: 'dark', background: '1e1e/1e1e/1e1e'},
  {cols: 200, rows: 50, looks: 'light', background: 'ffff/ffff/ffff'},
])('at $cols x $rows, $looks', ({looks: _, ...terminal}) => {
  let play: Play
  let app: App
  let git: (...args: string[]) => Promise<string>
  beforeAll(async () => {
    play = await openPlay({issues: ISSUES, agents: 4})
    git = openSampleRepository(play.checkout, join(play.folder, 'home')).git
    // Left behind: a branch with a commit, and a worktree with a changed file.
    await git('branch', 'agent003/8-left-behind')
    await git('worktree', 'add', '--quiet', join('.clambake/worktrees', 'issue-9'), '-b', 'agent004/9-half-made')
    await writeFile(join(play.checkout, '.clambake/worktrees/issue-9/changed.txt'), 'not committed\n')
    await git('-C', '.clambake/worktrees/issue-9', 'commit', '--quiet', '--allow-empty', '-m', 'Half of the work')
    app = play.open(terminal)
    await app.sees('Asks first')
    await app.press('P')
    await app.sees(/◆ +#1 /, {timeoutMs: LONG_MS})
    await app.press('G', 'k', 'k', 'P')
    await app.sees(/◆ +#3 /, {timeoutMs: LONG_MS})
    // Esc goes back one step at a time, and messages go first.
    await back(app, /claimed by a\d/)
  })
  afterAll(() => play[Symbol.asyncDispose]())

  it('! goes round what needs a person: the agent that asks, then the issue that no agent holds', async () => {
    await app.press('1', 'g', '!')
    await app.sees(/┏━ a001 #1/)
    await app.press('!')
    await app.sees(/▸ ◆ +#3 /)
    await app.press('!')
    await app.sees(/┏━ a001 #1/)
    await app.press('1')
    await app.sees(/┏━ 1 Issues/)
  })

  it('/ filters while it is typed, keeps or forgets what was typed, and says when nothing fits', async () => {
    await app.press('/')
    await app.type('search')
    await app.sees(/\/search.*⏎ keep/)
    await app.seesNo('Ready to go')
    await app.sees('Search stalls')
    // Keys are letters now, also those that would do something.
    await app.type('qLX')
    await app.sees(/no issue/)
    await app.press('backspace', 'backspace', 'backspace', 'enter')
    await app.sees(/1 Issues .*\/search/)
    await app.sees('Search stalls')
    await back(app, '/search')
    await app.sees('Ready to go')
  })

  it(': finds a command by some of its letters, says why one cannot be done, and does the chosen one', async () => {
    await app.press(':')
    await app.sees('Commands')
    await app.type('stop')
    await app.sees(/▸ D .*stop/)
    await app.press('ctrl+u')
    await app.type('xyzzy')
    await app.sees('no command')
    await app.press('ctrl+u')
    await app.seesNo('xyzzy')
    await app.type('go to conflicts')
    await app.sees(/▸ 3 /)
    await app.press('enter')
    await app.sees(/┏━ 3 Conflicts/)
    await app.press('1')
    await app.sees(/┏━ 1 Issues/)
  })

  it('X lists what has no owner, with commits, files, last activity and a proposal, and touches nothing', async () => {
    const before = await git('for-each-ref', 'refs/heads')
    await app.press('X')
    await app.sees('Orphaned work')
    await app.sees(/what +name +commits .*dirty +last +proposed/, {timeoutMs: LONG_MS})
    await app.sees(/worktree +issue-9 +1 .* 1 +\d+[smh] open pull/)
    await app.sees(/branch +agent003\/8-left-behind +0 .* 0 +\d+[smhdw] archive/)
    // Rows of tickets that agents hold are not among them.
    expect(app.screen()).not.toMatch(/┃[ ▸]+(branch|worktree) +(agent00\d\/|issue-)[123]\b/)
    await app.press('j')
    await app.sees(/▸ +branch/)
    await app.press('k')
    await app.sees(/▸ +worktree/)
    await back(app, 'Orphaned work')
    expect(await git('for-each-ref', 'refs/heads')).toBe(before)
    expect(existsSync(join(play.checkout, '.clambake/worktrees/issue-9/changed.txt'))).toBe(true)
  })

  it('D says what will happen, does nothing on Esc, and saves the work before it ends the agent', async () => {
    await app.press('1', 'g')
    await app.press('/')
    await app.type('half')
    await app.press('enter')
    await app.sees(/▸ · +#2 /)
    await app.press('D')
    await app.sees('no agent works on this row')
    await back(app, 'no agent works')
    await app.press('P')
    await app.sees(/● +#2 .*a00\d/, {timeoutMs: LONG_MS})
    await app.until(
      () => existsSync(join(play.checkout, '.clambake/worktrees/issue-2/half.txt')),
      'to write half.txt',
      {
        timeoutMs: LONG_MS,
      },
    )
    await app.press('D')
    await app.sees(/Stop a00\d\?/)
    await app.sees('#2 Half done')
    await app.sees('saved in a rescue ref')
    await back(app, /Stop a00\d\?/)
    await app.sees(/● +#2 /)
    await app.press('D')
    await app.sees(/Stop a00\d\?/)
    await app.press('enter')
    await app.sees(/a00\d stopped/, {timeoutMs: LONG_MS})
    // On a narrow screen the message is cut; all of it is under M.
    await app.press('M')
    await app.sees('refs/clambake/rescue/issue-2/')
    await back(app, 'Messages')
    const [ref] = (await git('for-each-ref', '--format=%(refname)', 'refs/clambake/rescue/issue-2')).split('\n')
    expect(await git('show', `${ref}:half.txt`)).toBe('half of it')
    await app.sees(/◆ +#2 /, {timeoutMs: LONG_MS})
    await back(app, /a00\d stopped/)
  })

  it('an answer typed in the attached terminal lets the agent go on', async () => {
    await back(app, '/half')
    // From the last row that needs a person, back to the first.
    await app.press('1', 'G', 'k', 'k', '!')
    await app.sees(/┏━ a001 #1/)
    await app.press('enter')
    await app.sees(/keys go to a001|Ctrl-\]/)
    await app.type('n')
    await app.sees('No, and the turn ends here', {timeoutMs: LONG_MS})
    await app.press('ctrl+]')
    await app.sees(/q quit/)
    await app.press('q')
    expect(await app.gone()).toMatchObject({exitCode: 0})
  })
})
