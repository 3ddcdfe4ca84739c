import {afterEach, expect, it, vi} from 'vitest'
import type {CommandContext} from '../../src/cli/context.ts'
import {sendMessage} from '../../src/cli/send-message.ts'

afterEach(() => vi.restoreAllMocks())

it('a message to an agent that no person types at a terminal says that a program sends it', async () => {
  const {isTTY} = process.stdin
  process.stdin.isTTY = false
  try {
    const call = vi.fn(async () => ({messages: []}))
    const context = {env: {}, daemon: async () => ({call})} as unknown as CommandContext
    await sendMessage({to: 'agent001', text: 'hello'}, context)
    expect(call).toHaveBeenCalledWith('send', {to: 'agent001', text: 'hello', program: true})
  } finally {
    process.stdin.isTTY = isTTY
  }
})
