import {readFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {expect, it} from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')

/** The attacks that Clambake withstands by design, each with the test that tries it; null: nothing it could go through. */
const ATTACKS: Readonly<Record<string, readonly [file: string, test: string] | null>> = {
  'an issue of an outsider, or one edited after its approval, gives orders': [
    'test/daemon/approval.test.ts',
    'that was edited after its claim waits for a person, who approves it as it then is and no later edit',
  ],
  'hidden text in an issue gives orders': [
    'test/agents/prompts.test.ts',
    'strips hidden comments and control sequences',
  ],
  'an agent reads its environment': [
    'test/e2e/secrets.test.ts',
    'neither an agent with its children nor setup and verify see a secret',
  ],
  'a pull request adds settings, MCP servers and hooks': [
    'test/git/read-main.test.ts',
    'is read from the commit that our own fetch brought, whatever an agent makes of the refs',
  ],
  'an agent sets what git runs': [
    'test/git/attacks.test.ts',
    'configuration, hooks and attributes set by an agent run nothing in our calls',
  ],
  'a branch or a remote is named like an option or a command': [
    'test/git/attacks.test.ts',
    'names that look like options or commands are only names',
  ],
  'a title leads out of the workspace': [
    'test/git/attacks.test.ts',
    'a title of any kind becomes a worktree inside the workspace and a record that can be read',
  ],
  'a linked folder, a rewritten .git file': [
    'test/git/attacks.test.ts',
    'a linked folder in a worktree is neither followed into a rescue nor deleted through',
  ],
  'output has control sequences': [
    'test/tui/cell-changes.test.ts',
    'holds no control but our own, whatever a host sends',
  ],
  'output has links': ['test/client/markdown.test.ts', 'shows where links lead'],
  'a paste ends itself': ['test/agents/deliver.test.ts', 'nothing in a pasted text ends the paste or acts as a key'],
  'text turns or hides what is read': [
    'test/base/text.test.ts',
    'lets nothing through that turns or hides what is read',
  ],
  'another user reaches a socket': ['test/rpc/rpc.test.ts', 'is reached by its user alone'],
  'a sender is forged': ['test/hostile/agent.test.ts', 'speaks in its own name only'],
  'a secret gets into logs': ['test/telemetry/log.test.ts', 'hides secrets in message, fields and child fields'],
  'a secret gets into rescues': [
    'test/git/rescue.test.ts',
    'leaves what holds a secret here: files, what is staged, and commits',
  ],
  'generated text mentions, closes and loads': [
    'test/landing/texts.test.ts',
    'mention no user, close nothing and draw nothing, wherever they appear',
  ],
  // Clambake writes no file for spreadsheets: its tables are text and JSON.
  'a cell of a spreadsheet is a formula': null,
  'an agent edits checks or tests to go green': [
    'test/git/gate-reading.test.ts',
    'tells how a head differs from main: moved, deleted, emptied and protected files by their names',
  ],
}

it.each(Object.entries(ATTACKS).filter(entry => entry[1] !== null))('%s: a test tries it', (_, place) => {
  const [file, name] = place!
  const text = readFileSync(join(ROOT, file), 'utf8')
  expect([`'${name}'`, `"${name}"`].some(quoted => text.includes(quoted))).toBe(true)
})
