import {readFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {expect, it} from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')

type Place = readonly [file: string, test: string]

/**
 * The attacks that Clambake withstands by design: what is tried, and the tests that try it. `why` stands in the place of
 * tests where there is nothing to go through.
 */
const ATTACKS: Readonly<Record<number, {attack: string; tests?: readonly Place[]; why?: string}>> = {
  1: {
    attack: 'an issue of an outsider, one edited after its approval, or a hidden comment in it gives orders',
    tests: [
      [
        'test/daemon/approval.test.ts',
        'that was edited after its claim waits for a person, who approves it as it then is and no later edit',
      ],
      ['test/agents/prompts.test.ts', 'strips hidden comments and control sequences'],
    ],
  },
  2: {
    attack: 'an agent reads its environment, or that of a process of Clambake',
    tests: [
      ['test/e2e/secrets.test.ts', 'neither an agent with its children nor setup and verify see a secret'],
      ['test/hostile/agent.test.ts', 'finds no token in the host and the daemon'],
      [
        'test/agents/sandbox.test.ts',
        'commits in its worktree, keeps a home, and reaches nothing else of this machine',
      ],
    ],
  },
  3: {
    attack: 'a pull request adds settings, MCP servers and hooks',
    tests: [
      [
        'test/git/read-main.test.ts',
        'is read from the commit that our own fetch brought, whatever an agent makes of the refs',
      ],
    ],
  },
  4: {
    attack: 'an agent sets what git runs, or accepts its own change in the name of a person',
    tests: [
      ['test/git/attacks.test.ts', 'configuration, hooks and attributes set by an agent run nothing in our calls'],
      ['test/git/attacks.test.ts', 'an address or a program that was changed before a start is refused by name'],
      [
        'test/git/attacks.test.ts',
        'a file of attributes that an agent names in the configuration is refused at the next start',
      ],
      ['test/hostile/agent.test.ts', 'accepts no change of the clone’s configuration that it made'],
    ],
  },
  5: {
    attack: 'a branch or a remote is named like an option, or an address like a program',
    tests: [
      ['test/git/attacks.test.ts', 'names that look like options or commands are only names'],
      ['test/git/remote.test.ts', 'refuses %j'],
    ],
  },
  6: {
    attack: 'a branch is named like a command of a shell',
    tests: [['test/git/attacks.test.ts', 'names that look like options or commands are only names']],
  },
  7: {
    attack: 'a title leads out of the workspace',
    tests: [
      [
        'test/git/attacks.test.ts',
        'a title of any kind becomes a worktree inside the workspace and a record that can be read',
      ],
    ],
  },
  8: {
    attack: 'a linked folder, a rewritten .git file',
    tests: [
      [
        'test/git/attacks.test.ts',
        'a linked folder in a worktree is neither followed into a rescue nor deleted through',
      ],
      ['test/git/worktrees.test.ts', 'a folder whose .git was rewritten, linked, or belongs to another'],
      ['test/git/attacks.test.ts', 'a link in the place of a log of refs lets our git write into no other file'],
      ['test/agents/sandbox.test.ts', 'leads no git of the person elsewhere, also after the configuration was changed'],
    ],
  },
  9: {
    attack: 'output has control sequences, or counts that take minutes',
    tests: [
      ['test/tui/cell-changes.test.ts', 'holds no control but our own, whatever a host sends'],
      ['test/base/text.test.ts', 'has no sequence but colours'],
      ['test/terminal/emulator.test.ts', 'hold nothing that acts on the terminal that shows them'],
      ['test/terminal/bounds.test.ts', 'takes no second at %i x %i, whatever counts stand in the sequences'],
    ],
  },
  10: {attack: 'output has links', tests: [['test/client/markdown.test.ts', 'shows where links lead']]},
  11: {
    attack: 'a paste ends itself',
    tests: [['test/agents/deliver.test.ts', 'nothing in a pasted text ends the paste or acts as a key']],
  },
  12: {
    attack: 'text turns or hides what is read',
    tests: [
      ['test/base/text.test.ts', 'lets nothing through that turns or hides what is read'],
      [
        'test/agents/claude/requests.test.ts',
        'writes out characters that are not seen, and leaves those that emoji are joined by',
      ],
    ],
  },
  13: {
    attack: 'another user or a page in a browser reaches a socket',
    tests: [
      ['test/rpc/rpc.test.ts', 'is reached by its user alone'],
      ['test/host/mailbox.test.ts', 'a page in a browser'],
      ['test/host/mailbox.test.ts', 'cannot pile up connections, nor keep a pane from posting'],
    ],
  },
  14: {
    attack: 'a sender is forged',
    tests: [
      ['test/hostile/agent.test.ts', 'speaks in its own name only'],
      ['test/hostile/agent.test.ts', 'passes for no other process'],
    ],
  },
  15: {
    attack: 'a secret gets into logs, traces, pull requests, rescues or pushed commits',
    tests: [
      ['test/telemetry/log.test.ts', 'hides secrets in message, fields and child fields'],
      ['test/telemetry/telemetry.test.ts', 'never sees a secret'],
      ['test/github/pulls.test.ts', 'is written without secrets, and is the same at the next look'],
      ['test/git/rescue.test.ts', 'leaves what holds a secret here: files, what is staged, and commits'],
      ['test/git/push.test.ts', 'commits that bring a token or a known secret stay here, until a person pushes them'],
    ],
  },
  16: {
    attack: 'generated text, or an agent’s own message, mentions, closes and loads',
    tests: [
      ['test/landing/texts.test.ts', 'mention no user, close nothing and draw nothing, wherever they appear'],
      [
        'test/git/push.test.ts',
        'agents’ messages mention no one, skip no check and close only their own issue, and nothing else of a commit changes',
      ],
      ['test/git/push.test.ts', 'leaves out what a message has behind a zero byte, which git does not show'],
      ['test/hostile/agent.test.ts', 'lands by its own title and words, and nothing on GitHub acts on them'],
    ],
  },
  17: {
    attack: 'a cell of a spreadsheet is a formula',
    why: 'Clambake writes no file for spreadsheets: its tables are text and JSON',
  },
  18: {
    attack: 'an agent edits checks or tests to go green',
    tests: [
      [
        'test/git/gate-reading.test.ts',
        'tells how a head differs from main: moved, deleted, emptied and protected files by their names',
      ],
      [
        'test/git/gate-reading.test.ts',
        'knows nothing of a head once an agent gave a test that it emptied its lines back, in this clone alone',
      ],
    ],
  },
}

it('every attack has a test, or a reason why it needs none', () => {
  const without = Object.values(ATTACKS).filter(({tests = [], why = ''}) => tests.length === 0 && why === '')
  expect(without).toEqual([])
  expect(Object.keys(ATTACKS)).toEqual(Array.from({length: 18}, (_, index) => String(index + 1)))
})

const PLACES = Object.values(ATTACKS).flatMap(({attack, tests = []}) => tests.map(place => [attack, ...place] as const))

it.each(PLACES)('%s: a test tries it (%s)', (_, file, name) => {
  const text = readFileSync(join(ROOT, file), 'utf8')
  expect([`'${name}'`, `"${name}"`].some(quoted => text.includes(quoted))).toBe(true)
})
