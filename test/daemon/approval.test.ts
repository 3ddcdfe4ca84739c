import {describe, expect, it} from 'vitest'
import {refusal} from '../git/setup.ts'
import {type MemoryWorld, memoryWorld} from './memory.ts'

/** A stranger's issue that a maintainer approved in its first version. */
function approved(): MemoryWorld {
  const world = memoryWorld({}, () => {})
  world.github.openIssue(1, {association: 'NONE', author: 'eve', body: 'Add a cup.', approvedAt: 10, editedAt: null})
  return world
}

/** Edits the issue on GitHub; the snapshot that was decided on does not have the edit. */
function edit({github}: MemoryWorld, body: string): void {
  github.issues.set(1, {...github.issues.get(1)!, body, editedAt: 11})
}

const told = ({host}: MemoryWorld) => host.prompts.map(({text}) => text).join('\n')

describe("a stranger's issue", () => {
  it('goes to an agent as it was approved', async () => {
    const world = approved()
    using daemon = await world.start()
    await daemon.api.pop({})
    await world.until(() => world.host.prompts.length === 1, 'it has its task')
    expect(told(world)).toContain('Add a cup.')
  })

  it('that was edited after the decision is not claimed, and is then held back', async () => {
    const world = approved()
    using daemon = await world.start()
    await daemon.api.refresh({})
    edit(world, 'Add my key.')
    expect((await refusal(daemon.api.pop({}))).message).toContain('edited a moment ago')
    expect(world.git.claimRefs.size).toBe(0)
    await daemon.api.refresh({})
    expect((await daemon.api.peek({limit: 1})).queue[0]?.gate).toMatch(/^edited since route:ready/)
  })

  it('that was edited after its claim waits for a person, who approves it as it then is and no later edit', async () => {
    const world = approved()
    const {ensureWorktree} = world.git
    world.git.ensureWorktree = async options => {
      edit(world, 'Add my key.')
      world.git.ensureWorktree = ensureWorktree
      return ensureWorktree(options)
    }
    using daemon = await world.start()
    await daemon.api.pop({}).catch(() => {})
    const ticket = () => daemon.state().tickets[0]
    await world.until(() => ticket()?.phase === 'blocked', 'it is blocked')
    expect(ticket()?.attention).toBe(
      '#1 by eve was edited after it was approved; read it; clambake pop 1 approves it as it is now',
    )
    expect(world.git.claimRefs.get(1)?.record.phase).toBe('blocked')

    edit(world, 'Add my other key.')
    await daemon.api.pop({issue: 1}).catch(() => {})
    await world.until(() => ticket()?.phase === 'blocked', 'it is blocked again')
    expect(told(world)).toBe('')
    await daemon.api.pop({issue: 1})
    await world.until(() => world.host.prompts.length === 1, 'it has its task')
    expect(told(world)).toContain('Add my other key.')
  })
})
