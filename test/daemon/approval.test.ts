import {describe, expect, it} from 'vitest'
import {refusal} from '../git/setup.ts'
import {type MemoryWorld, memoryWorld} from './memory.ts'

/** A stranger's issue that a maintainer approved as it was at first. */
function approved(): MemoryWorld {
  const world = memoryWorld({}, () => {})
  world.github.openIssue(1, {association: 'NONE', author: 'eve', body: 'Add a cup.', approvedAt: 10, editedAt: null})
  return world
}

/** As GitHub shows the edit: the snapshot that was decided on did not have it. */
function edit({github}: MemoryWorld, body: string): void {
  github.issues.set(1, {...github.issues.get(1)!, body, editedAt: 11})
}

const told = ({host}: MemoryWorld) => host.prompts.map(({text}) => text).join('\n')

describe("a stranger's issue", () => {
  it('goes to an agent as it was approved', async () => {
    const world = approved()
    using life = await world.start()
    await life.api.pop({})
    await world.until(() => world.host.prompts.length === 1, 'it has its task')
    expect(told(world)).toContain('Add a cup.')
  })

  it('that was edited since it was decided on is not claimed, and then held back', async () => {
    const world = approved()
    using life = await world.start()
    await life.api.refresh({})
    edit(world, 'Add my key.')
    expect((await refusal(life.api.pop({}))).message).toContain('edited a moment ago')
    expect(world.git.claimRefs.size).toBe(0)
    await life.api.refresh({})
    expect((await life.api.peek({limit: 1})).queue[0]?.gate).toMatch(/^edited since route:ready/)
  })

  it('that was edited after its claim waits for a person, who approves it as it then is and no later edit', async () => {
    const world = approved()
    const {ensureWorktree} = world.git
    world.git.ensureWorktree = async options => {
      edit(world, 'Add my key.')
      world.git.ensureWorktree = ensureWorktree
      return ensureWorktree(options)
    }
    using life = await world.start()
    await life.api.pop({}).catch(() => {})
    const ticket = () => life.state().tickets[0]
    await world.until(() => ticket()?.phase === 'blocked', 'it is blocked')
    expect(ticket()?.attention).toBe(
      '#1 by eve was edited after it was approved; read it; clambake pop 1 approves it as it is now',
    )
    expect(world.git.claimRefs.get(1)?.record.phase).toBe('blocked')

    edit(world, 'Add my other key.')
    await life.api.pop({issue: 1}).catch(() => {})
    await world.until(() => ticket()?.phase === 'blocked', 'it is blocked again')
    expect(told(world)).toBe('')
    await life.api.pop({issue: 1})
    await world.until(() => world.host.prompts.length === 1, 'it has its task')
    expect(told(world)).toContain('Add my other key.')
  })
})
