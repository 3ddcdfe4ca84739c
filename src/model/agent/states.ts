import type {AgentState, AgentValue} from './agent.ts'

/** An agent's state for people: the machine's, where the wait for the end of a usage limit has a name of its own. */
export type AgentPhase = AgentValue | 'limited'

/** What the program knows about an agent from its state alone. */
type Traits = {
  /** It has no ticket and can be given one. */
  free: boolean
  /** It counts as working, also while its process starts or ends. */
  busy: boolean
  /** It does nothing until a person answers or prompts it. */
  needsPerson: boolean
}

/** One row for each state. A state without a row does not compile. */
export const AGENT_STATES: Readonly<Record<AgentPhase, Traits>> = {
  available: {free: true, busy: false, needsPerson: false},
  assigned: {free: false, busy: true, needsPerson: false},
  working: {free: false, busy: true, needsPerson: false},
  waiting: {free: false, busy: false, needsPerson: true},
  limited: {free: false, busy: false, needsPerson: false},
  cleanup: {free: false, busy: true, needsPerson: false},
}

/** What an agent does whose prompt waits because somebody uses its input line. */
export const LINE_IN_USE = 'input line in use'

/** What an agent does whose turn is over while tasks of it go on, for hours perhaps. */
export const WORKS_IN_BACKGROUND = 'works in the background'

/** The state of an agent for people. */
export function agentPhase({value, context}: AgentState): AgentPhase {
  return value === 'waiting' && context.waitsFor === 'limit' ? 'limited' : value
}

/** Whether the agent does nothing until a person answers or prompts it. */
export function waitsForPerson(agent: AgentState): boolean {
  return AGENT_STATES[agentPhase(agent)].needsPerson
}
