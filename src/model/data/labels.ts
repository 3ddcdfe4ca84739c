import {type Config, defaultConfig} from './config.ts'
import {AGENT_ID, agentId} from './ids.ts'
import {hasName, sameName} from './names.ts'
import {THINK_LEVELS} from './think-level.ts'

/** Colour as GitHub wants it, without a number sign. */
export type Label = {name: string; color: string; description: string}

/** Tones of one blue that distinguish the slots; after the last the first follows. */
const SLOT_COLORS = ['0066cc', '0077dd', '0088ee', '0099ff'] as const
const PLAIN = {color: 'ededed', description: ''}

/** Labels that say what an agent does with an issue. */
export const AGENT_LABELS = {inProgress: 'agent:in-progress', review: 'agent:review'} as const

/** Every label that Clambake makes, with its look, under the configured names; slots from the first to `agents`. */
export function labelSet(routing: Config['routing'], agents: number): Label[] {
  const {priority_labels: priority} = routing
  return [
    {name: routing.routing_label, color: '00ff00', description: 'Ready for agent assignment'},
    {name: priority.unblocker, color: 'd93f0b', description: 'Others wait for this'},
    {name: priority['ready-to-merge'], color: '1d76db', description: 'Work that only waits for its merge'},
    {name: priority.high, color: 'ff0000', description: 'High priority routing'},
    {name: priority.medium, color: 'ff8800', description: 'Medium priority routing'},
    {name: priority.low, color: 'ffdd00', description: 'Low priority routing'},
    {name: routing.blocked_label, color: 'cccccc', description: 'Cannot be routed: waits for something or someone'},
    {name: routing.review_label, color: '5319e7', description: 'Work is done and on its way to main'},
    {name: AGENT_LABELS.inProgress, color: 'ffaa00', description: 'Agent actively working'},
    {name: AGENT_LABELS.review, color: '9900cc', description: 'Agent work complete, needs review'},
    ...assignmentLabels(routing).map(name => ({name, color: '0e8a16', description: 'Assigned to an agent'})),
    {name: routing.human_label, color: 'ff6600', description: 'Needs a person; agents leave it alone'},
    ...THINK_LEVELS.filter(level => level !== 'think').map(thinkLabel),
    ...Array.from({length: agents}, (_, index) => slotLabel(index)),
  ]
}

const KNOWN = labelSet(defaultConfig.routing, 12)

/** How a label looks that is made when it is first put on an issue; one of a name that we do not know is plain. */
export function labelLook(name: string): Label {
  return KNOWN.find(label => sameName(label.name, name)) ?? {name, ...PLAIN}
}

/** The configured label of tickets that an agent works on, if there is one. */
export function assignmentLabels({assignment_label: label}: Config['routing']): string[] {
  return label === undefined ? [] : [label]
}

/** Labels that say an agent has the issue: the names of `agents`, and what they do. */
export function labelsInHand(agents: readonly string[], routing: Config['routing']): string[] {
  return [...agents, ...Object.values(AGENT_LABELS), ...assignmentLabels(routing)]
}

/** Whether a label says that an agent has the issue, whichever agent. */
export function saysInHand(label: string, routing: Config['routing']): boolean {
  return hasName(labelsInHand([], routing), label) || AGENT_ID.test(label.toLowerCase())
}

/** Every label that says how far a ticket of one of these agents is. */
export function statusLabels(agents: readonly string[], routing: Config['routing']): string[] {
  const {routing_label, blocked_label, review_label} = routing
  return [...labelsInHand(agents, routing), routing_label, blocked_label, review_label]
}

function thinkLabel(level: string): Label {
  return {name: `think:${level}`, color: 'c5def5', description: `Thinking level of the agent: ${level}`}
}

function slotLabel(index: number): Label {
  const name = agentId(index + 1)
  return {name, color: SLOT_COLORS[index % SLOT_COLORS.length]!, description: `Assigned to ${name}`}
}
