import type {State} from '../../src/model/core/state.ts'
import {DAEMON, type Message} from '../../src/model/data/message.ts'
import type {Spoken} from '../../src/model/review/words.ts'
import type {MemoryWorld, RunningDaemon} from '../daemon/memory.ts'
import type {Chance} from './random.ts'

type Place = {owner: string; world: MemoryWorld; daemon: RunningDaemon | null}

/** People who write to agents, and about their pull requests on GitHub. */
export type People = {
  /** One of them says something; gives what it was. */
  speak(place: Place, chance: Chance): string
  /** What was said, was read by no agent, waits for none, and no person was told so. */
  unheard(places: readonly Place[]): string[]
}

/** Events that tell of words which no agent reads. */
const TOLD = ['without having read', 'could not be given', 'has not read in a day']

export function peopleOf({github}: MemoryWorld): People {
  const comments = new Map<number, Spoken[]>()
  let count = 0
  github.words = async pull => comments.get(pull) ?? []

  function comment(number: number): void {
    const pull = github.pulls.get(number)!
    const by = {by: 'grace', byBot: false, association: 'MEMBER', ours: false, url: 'http://forge/1'} as const
    const said = {...by, key: `comment-${count}`, verdict: null, body: wordsOf(count), inline: []}
    comments.set(number, [...(comments.get(number) ?? []), said])
    github.pulls.set(number, {...pull, updatedAt: pull.updatedAt + 1})
  }

  return {
    speak({daemon}, chance) {
      count++
      const pull = chance.of([...github.pulls.keys(), 0])
      if (chance.happens(0.4) && pull !== 0) {
        comment(pull)
        return `a person comments on #${pull}: ${wordsOf(count)}`
      }
      const to = chance.of(['agent001', 'agent002', '@all'])
      // Without a ticket it is refused, which the person sees.
      void daemon?.api.send({to, text: wordsOf(count)}).catch(() => {})
      return `a person says to ${to}: ${wordsOf(count)}`
    },
    unheard(places) {
      return places.flatMap(({owner, world: {hub}, daemon}) => {
        const events = hub.events.flatMap(({message}) => (TOLD.some(told => message.includes(told)) ? [message] : []))
        return hub.said
          .filter(({from, deliveredAt}) => from !== DAEMON && deliveredAt === null)
          .filter(message => !events.some(told => told.includes(wordsIn(message))))
          .filter(message => !daemon || !waits(daemon.engine.state(), message))
          .map(({ticket, text}) => `words of #${ticket} at ${owner}: ${text}`)
      })
    },
  }
}

function wordsOf(count: number): string {
  return `Words ${count}.`
}

function wordsIn({text}: Message): string {
  return /Words \d+\./.exec(text)?.[0] ?? text
}

/** Whether a daemon keeps a message for the agent of its ticket, or for when another daemon is done with that. */
function waits({messages, tickets}: State, {id, ticket}: Message): boolean {
  const assignment = tickets[ticket]?.context.assignment
  const said = assignment?.kind === 'repair' && assignment.repair.kind === 'review' ? assignment.repair.said : []
  return [...(messages[ticket] ?? []), ...said].some(message => message.id === id)
}
