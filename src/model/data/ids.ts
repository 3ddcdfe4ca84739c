/** A slot's id: `agent001` … `agent012`. */
export type AgentId = `agent${string}`

export const AGENT_ID = /^agent\d{3}$/

/** The id of slot `index`, counted from 1. */
export function agentId(index: number): AgentId {
  return `agent${String(index).padStart(3, '0')}`
}

/**
 * The slot that a person means: `agent001`, `agent-001`, `claude-agent-001`, `a001`, `1` name one slot.
 * Gives undefined for anything else.
 */
export function parseAgentId(text: string): AgentId | undefined {
  const match = /^(?:(?:claude-)?agent-?|a)?0*([1-9]\d{0,2})$/i.exec(text.trim())
  return match?.[1] === undefined ? undefined : agentId(Number(match[1]))
}

/** The number of a slot, counted from 1. */
export function slotOf(id: AgentId): number {
  return Number(id.slice('agent'.length))
}

/** `a001`, for narrow columns. */
export function shortAgent(id: AgentId): string {
  return id.replace('agent', 'a')
}

export type PaneId = string
