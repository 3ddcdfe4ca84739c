import {ClambakeError} from '../../base/errors.ts'
import {type ApiParts, type Handlers, ticketOf, unknownAgent} from './parts.ts'

const STOPPABLE = ['preparing', 'settingUp', 'starting', 'working', 'inspecting', 'verifying']

/** What is done with running agents. */
export function agentApi({
  engine,
  git,
  talk,
  desk,
  caller,
}: ApiParts): Handlers<'stopAgent' | 'answerAgent' | 'send' | 'messages'> {
  return {
    async stopAgent({agent}) {
      const {value, context} = ticketOf(engine.state(), agent)
      if (!STOPPABLE.includes(value)) {
        throw new ClambakeError({
          code: 'not-stoppable',
          message: `${agent} does not work on #${context.issue} now: it is ${value}`,
          next: 'try again in a moment',
        })
      }
      const {worktree} = context
      const rescue = worktree ? await git.rescue({worktree, reason: `${agent} stopped by hand`}) : null
      engine.dispatch({type: 'stopAsked', ticket: context.issue})
      return {saved: rescue?.ref ?? null}
    },
    async answerAgent({agent, id, answer}) {
      if (!engine.state().agents[agent]) throw unknownAgent(engine.state(), agent)
      return desk.answer({agent, answer, by: caller, ...(id === undefined ? {} : {id})})
    },
    send: async ({to, text}) => ({messages: await talk.send({from: caller, to, text})}),
    messages: ({agent, limit}) => talk.messages({limit, ...(agent === undefined ? {} : {to: agent})}),
  }
}
