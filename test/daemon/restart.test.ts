import {describe, expect, it} from 'vitest'
import {AT_ONCE, diligent, type MemoryWorld, memoryWorld, type Watch} from './memory.ts'

/** A run of the whole proof kills on both sides of each call, whatever becomes of the agents. */
const ALL = process.env.CLAMBAKE_CHAOS === 'all'

type Script = (world: MemoryWorld) => void

const CHECKED = {setup: ['install'], verify: ['test']}

/** The worktree is set up, and the first commit does not pass. */
const verifiedTwice: Script = ({git, host}) => {
  host.run = ({cwd, meta}) => ({code: meta.job === 'verify' && git.trees.get(cwd)?.commits.length === 1 ? 1 : 0})
}

/** One agent, one ticket; the second daemon runs until the issue is closed. */
const ways: Record<string, Script> = {
  'straight to main': () => {},
  'with red CI once': world => {
    world.host.play = ({pane, cwd}) => {
      const sha = world.git.commit(cwd, 'work')
      if (world.git.landed.size === 0 && world.host.prompts.length === 1) world.github.verdicts.set(sha, 'failed')
      world.host.say(pane, 'Stop')
    }
  },
  'with a conflict once': world => {
    world.host.play = ({pane, cwd}) => {
      const sha = world.git.commit(cwd, 'work')
      if (world.host.prompts.length === 1) world.git.conflicts.set(sha, ['a.ts'])
      world.host.say(pane, 'Stop')
    }
  },
  'with work that does not pass once': verifiedTwice,
  'with a forgotten file': world => {
    world.host.play = (info, text) => {
      if (world.host.prompts.length > 1) return diligent(world)(info, text)
      world.git.scribble(info.cwd, 'forgotten.ts')
      world.host.say(info.pane, 'Stop')
    }
  },
}

function begin(script: Script): MemoryWorld & {mostPanes(): number} {
  const world = memoryWorld({routing: {max_agents: 1}, agents: script === verifiedTwice ? CHECKED : {}})
  script(world)
  world.github.openIssue(7)
  let most = 0
  world.host.onPane(() => {
    most = Math.max(most, world.host.live().filter(({meta}) => meta.agent !== undefined).length)
  })
  return {...world, mostPanes: () => most}
}

async function runToMain(world: MemoryWorld, what: string, watch?: Watch): Promise<void> {
  const daemon = await world.start({mode: AT_ONCE, ...(watch ? {watch} : {})})
  daemon.reconciler.start()
  await world.until(() => isDone(world), what)
  daemon.kill()
}

function isDone({github, git}: MemoryWorld): boolean {
  return github.issues.get(7)?.state === 'closed' && git.claimRefs.size === 0 && git.landing === null
}

describe.each(Object.entries(ways))('a daemon that is killed on the way %s', (_, script) => {
  it.each([
    ['its agents live on', false],
    ['its agents die with it', true],
  ])(
    'continues at every gateway call, %s: one pull, one merge, one agent at a time, nothing lost',
    async (_, agentsDie) => {
      const calls: string[] = []
      const whole = begin(script)
      await runToMain(whole, 'it is on main', (call, side) => void calls.push(`${call} ${side}`))
      const prompts = whole.host.prompts.length
      expect(calls.length).toBeGreaterThan(50)
      // Before and after each call in turn, with the agents' death on the other sides; a run of all takes both everywhere.
      const isChosen = (index: number) => ALL || index % 2 === Number(agentsDie)
      for (const [index, call] of calls.entries()) {
        if (!isChosen(index)) continue
        const at = `killed at ${index}: ${call}`
        const world = begin(script)
        let count = 0
        let killed = false
        // A start that is killed never finishes.
        void world
          .start({
            mode: AT_ONCE,
            watch: (_call, _side, daemon) => {
              if (count++ !== index) return
              killed = true
              daemon.kill()
            },
          })
          .then(daemon => daemon.reconciler.start())
        await world.until(() => killed || isDone(world), at)
        if (agentsDie) for (const {pane} of world.host.live()) world.host.exit(pane)
        await runToMain(world, at)
        const {git, github, host} = world
        expect(
          [...github.pulls.values()].map(({state}) => state),
          at,
        ).toEqual(['merged'])
        expect(git.main, at).toHaveLength(2)
        expect(world.mostPanes(), at).toBe(1)
        expect(host.live(), at).toEqual([])
        expect(git.trees.size, at).toBe(0)
        expect(await git.lostCommits(), at).toEqual([])
        expect(host.prompts.length, `${at}: an agent is prompted again at most once`).toBeLessThanOrEqual(prompts + 1)
        expect(host.prompts.length, at).toBeGreaterThanOrEqual(prompts)
      }
    },
  )
})
