import type {AgentId} from '../../model/data/ids.ts'

/** What landing would do now: the tickets that board, those that are put off, and the steps. */
export type LandPlan = {
  board: readonly {
    ticket: number
    title: string
    agent: AgentId
    branch: string
    commits: number
    added: number
    removed: number
    pull: number | null
  }[]
  putOff: readonly {ticket: number; title: string; reason: string}[]
  steps: readonly string[]
}

/** Methods that bring finished work to main. */
export type LandingApi = {
  /** Checks an agent's finished work and queues it for landing. */
  bottle: {params: {agent: AgentId}; result: {ticket: number; head: string; commits: number}}
  landPlan: {params: Record<string, never>; result: LandPlan}
  /** Starts to land what is bottled; its progress shows in the state. */
  land: {params: {tickets?: number[]}; result: {landing: number[]}}
}
