import {readFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {expect, it} from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')

type Test = readonly [file: string, name: string]

/** What goes wrong outside, each with the tests that let it go wrong; a text says why there is none. */
const FAULTS: Readonly<Record<string, readonly Test[] | string>> = {
  'killed during cleanup': [
    ['test/git/remove.test.ts', 'killed after %s loses nothing, and a second try ends it'],
    [
      'test/landing/finish.test.ts',
      'closes the issue, comments, cleans up and releases the claim, with the same result after a kill at any step',
    ],
  ],
  'killed during land or merge': [
    ['test/landing/handlers.test.ts', 'finds the merge whose answer was lost'],
    ['test/e2e/crash-points.test.ts', '$when each effect: the last one lands everything, once'],
  ],
  'killed during bundling': [['test/daemon/crash-points.test.ts', 'a daemon that is killed at %s']],
  'killed during claim or route': [
    ['test/git/claims.test.ts', 'a dropped reply is found out by reading the ref'],
    [
      'test/daemon/restart.test.ts',
      'continues at every gateway call, %s: one pull, one merge, one agent at a time, nothing lost',
    ],
  ],
  'two daemons, one repository': [
    [
      'test/e2e/two-supervisors.test.ts',
      'works without a supervisor that sleeps past its lease, and drops its late work',
    ],
    ['test/git/push.test.ts', 'an owner whose claim was taken over can push neither'],
  ],
  'head moves after green': [
    ['test/landing/handlers.test.ts', 'refuses a head that somebody else pushed, before or during the merge'],
  ],
  'stale read after a push': [
    [
      'test/daemon/gate-sequences.test.ts',
      'no order of what people, checks and kills do, and no late answer, merges what must not merge',
    ],
  ],
  'main force-pushed': [
    ['test/git/halts.test.ts', 'is told by every fetch until landing is halted for it, and its old tip outlives a gc'],
  ],
  'forge lands the wrong tree': [
    [
      'test/landing/handlers.test.ts',
      'halts landing when other files landed than were tested, and merges nothing more before a person has looked',
    ],
  ],
  'dirty worktree, ignored files included': [
    [
      'test/git/rescue.test.ts',
      'keeps commits, index, changed, untracked and ignored files byte by byte, and touches nothing',
    ],
  ],
  'detached or unpushed HEAD, then gc': [
    ['test/git/rescue.test.ts', 'a detached head is kept through a garbage collection'],
  ],
  'branch or worktree deleted from outside': [
    ['test/git/worktrees.test.ts', 'outlive a worktree and a branch that are deleted from outside, and git gc'],
  ],
  'disk full': [
    ['test/daemon/stuck.test.ts', 'a full disk is told, fails nothing, and heals by itself'],
    ['test/hub/queue.test.ts', 'keeps events through a full disk and stores them when there is room'],
    ['test/telemetry/log.test.ts', 'bears a full disk'],
  ],
  'hub corrupt, truncated, WAL removed': [
    ['test/hub/trouble.test.ts', 'while two processes have it open: both go on in the new one'],
    ['test/hub/trouble.test.ts', 'its log may be removed'],
    ['test/hub/prune.test.ts', 'reads the other events around a row that was damaged'],
  ],
  'torn log tail, power loss': [
    [
      'test/github/limits.test.ts',
      'does not hold for another repository, nor when its file is torn; a read-only run shares none',
    ],
    ['test/git/worktrees.test.ts', 'a half-made worktree of a killed daemon is made whole'],
  ],
  'host, daemon or client killed': [
    ['test/e2e/survive.test.ts', 'continues after the daemon was killed, again and again'],
    [
      'test/e2e/survive.test.ts',
      'loses no conversation, work or child when an agent, the host, or host and daemon are killed',
    ],
    [
      'test/e2e/survive.test.ts',
      'gives a running agent the size of its place, and shows everything again after the screen was killed',
    ],
  ],
  'grandchildren, setsid children': [
    ['test/host/panes.test.ts', 'ends with all that it started, also what left the terminal'],
    [
      'test/e2e/survive.test.ts',
      'loses no conversation, work or child when an agent, the host, or host and daemon are killed',
    ],
  ],
  'Postgres cut': 'the hub is SQLite; a hub in Postgres is not built',
  '403, 429, 5xx storm': [
    ['test/github/client.test.ts', '%i is waited for as long as Retry-After says, by everybody'],
    [
      'test/daemon/interpreter.test.ts',
      'lets effects that fail for the same reason try one after another, and all once one works',
    ],
  ],
  'webhook or poll duplicate, reorder, loss': [
    ['test/github/snapshot.test.ts', 'an old answer undoes nothing that a newer one told'],
    ['test/github/snapshot.test.ts', 'misses nothing when our clock is an hour off'],
  ],
  'clock jumps one hour, suspend': [
    ['test/model/lease.test.ts', 'does not run out while it is not watched'],
    ['test/rpc/host-gateway.test.ts', 'hears a new host whose clock is behind, and so numbers lower'],
    [
      'test/chaos/simulation.test.ts',
      'no order of faults, kills, ends and changes by hand loses work, sticks, claims twice or merges untested',
    ],
  ],
  'index.lock left behind': [
    ['test/git/dead-lock.test.ts', 'goes, and the fetch that it stopped is done'],
    ['test/git/dead-lock.test.ts', 'stays while a git process lives that may have made it'],
  ],
  '12 panes at full blast': [
    ['test/terminal/terminal.test.ts', 'leaves its last line and its screen when it ends in the middle of a flood'],
    ['test/terminal/scheduler.test.ts', 'puts the one that somebody waits for first'],
  ],
  'split UTF-8 and escape sequences': [
    ['test/terminal/emulator.test.ts', 'gives the same screen wherever it is cut'],
    ['test/tui/decoder.test.ts', 'means the same wherever its bytes are split'],
  ],
  'resize storm, 1x1': [
    ['test/terminal/terminal.test.ts', 'survives a storm of sizes down to 1x1, and the last size wins'],
  ],
  'SSH hang-up': [['test/tui/open-screen.test.ts', 'ends on %s and gives the terminal back']],
  'crash-looping agent, slow telemetry sink': [
    ['test/daemon/services.test.ts', 'is started after growing pauses, and left to a person after five starts'],
    ['test/telemetry/telemetry.test.ts', 'may never answer: spans cost no time and the end is not held up for long'],
  ],
}

it.each(Object.entries(FAULTS))('%s: tests let it happen, or it is said why not', (_, tests) => {
  if (typeof tests === 'string') return expect(tests).not.toBe('')
  expect(tests.length).toBeGreaterThan(0)
  for (const [file, name] of tests) {
    const text = readFileSync(join(ROOT, file), 'utf8')
    expect(
      [`'${name}'`, `"${name}"`].some(quoted => text.includes(quoted)),
      `${file}: ${name}`,
    ).toBe(true)
  }
})

it('all 27 kinds of fault are in the table', () => {
  expect(Object.keys(FAULTS)).toHaveLength(27)
})
