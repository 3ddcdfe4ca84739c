import {accessSync, constants, realpathSync} from 'node:fs'
import {delimiter, join} from 'node:path'
import {shellWord} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import type {StoredEvent} from '../../model/data/event.ts'
import {age} from '../output/text.ts'

/** What a demo came to. `events`: of its daemon, in any order. */
export type DemoEnd = {
  landed: number
  tickets: number
  /** Dollars; null: unknown. */
  cost: number | null
  ms: number
  events: readonly StoredEvent[]
}

/** Sums a demo up: what landed, for how much, and what was worth seeing on the way. */
export function summaryOf({landed, tickets, cost, ms, events}: DemoEnd): string {
  const money = cost === null ? '' : ` for $${cost.toFixed(2)} of pretend money`
  const seen = [...events].sort((a, b) => a.at - b.at).flatMap(lineOf)
  return [
    `${landed} of ${count(tickets, 'ticket')} landed on the demo's main in ${age(ms)}${money}.`,
    ...new Set(seen),
    "The demo's processes have ended and its files are deleted.",
  ].join('\n')
}

function lineOf({message}: StoredEvent): string[] {
  const bundle = /^\S+ landed through (#\d+): (#\d+(?: #\d+)+)$/.exec(message)
  if (bundle) return [`  bundle    ${bundle[2]} went to main together, tested as one pull request, ${bundle[1]}`]
  const back = /^(#\d+) goes back to its agent: (checks failed|conflicts with main)(.*)$/.exec(message)
  if (!back) return []
  const kind = back[2] === 'checks failed' ? 'repair  ' : 'conflict'
  return [`  ${kind}  ${back[1]} went back to its agent, which fixed it: ${back[2]}${back[3]}`]
}

/** How to continue with a repository of one's own, in commands that work at this moment, installed or not. */
export function nextSteps(env: NodeJS.ProcessEnv): string {
  const command = isInPath('clambake', env) ? 'clambake' : `node ${shellWord(realpathSync(process.argv[1]!))}`
  const steps = [
    [`${command} doctor`, 'shows what is missing there, and how to fix it'],
    [`${command} init --dry-run`, 'shows what init would set up: labels, a board, a workflow'],
    [command, 'opens the screen: put route:ready on an issue and press p'],
  ] as const
  const width = Math.max(...steps.map(([step]) => step.length))
  return [
    'In a clone of your own repository:',
    ...steps.map(([step, what]) => `  ${step.padEnd(width)}  ${what}`),
  ].join('\n')
}

function isInPath(name: string, {PATH = ''}: NodeJS.ProcessEnv): boolean {
  return PATH.split(delimiter).some(folder => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return folder !== ''
    } catch {
      return false
    }
  })
}
