import {agentHandlers} from '../agents/handlers.ts'
import {madeFilesOf} from '../agents/jobs/made-files.ts'
import {toErrorData} from '../base/errors.ts'
import {landingHandlers} from '../landing/handlers.ts'
import type {EffectHandler} from '../model/core/effect-handler.ts'
import {NO_USAGE} from '../model/data/usage.ts'
import {labelHandlers} from '../recovery/labels.ts'
import {ticketHandlers} from '../tickets/handlers.ts'
import {createInterpreter, type Interpreter} from './interpreter.ts'
import {type Parts, STOP_GRACE_MS} from './parts.ts'
import {adoptHandlers} from './recovery/adopt.ts'
import {readPastMailTurns} from './start/past-mail-turns.ts'
import {readPastSpending} from './start/past-spending.ts'

/** Gives every effect its handler; the interpreter runs them. */
export function wireHandlers(parts: Parts): {interpreter: Interpreter; clearLabels: EffectHandler<'clearLabels'>} {
  const {world, engine, reconciler, book, journal, troubles, jobs, containers, sandbox, notices} = parts
  const {git, github, host, config, clock, log, owner, hostName, defaultBranch, env} = world
  const hub = {
    append: journal.append,
    register: world.hub.register.bind(world.hub),
    deregister: world.hub.deregister.bind(world.hub),
    messages: world.hub.messages.bind(world.hub),
    messageDelivered: world.hub.messageDelivered.bind(world.hub),
    messageExpired: world.hub.messageExpired.bind(world.hub),
  }
  const showColumn = columnWriter(parts)
  const shared = {git, github, hub, book, config, clock, owner, showColumn, onTrouble: troubles.report}
  const labels = labelHandlers({...shared, deadOwners: reconciler.deadOwners})
  const interpreter = createInterpreter({
    handlers: {
      ...ticketHandlers({
        ...shared,
        hostName,
        profileFault: () => world.profileFault(config)?.what ?? null,
        beginTrace: world.traces.begin,
      }),
      ...agentHandlers({
        ...shared,
        host,
        mail: parts.hubMail,
        memory: parts.hubMail.memory,
        claimOf: parts.claimOf,
        jobs,
        containers,
        sandbox,
        log,
        env,
        variablesOf: parts.variablesOf,
        stopGraceMs: STOP_GRACE_MS,
      }),
      ...landingHandlers({
        ...shared,
        defaultBranch,
        get madeFiles() {
          return madeFilesOf({jobs, config})
        },
        deadNow: reconciler.deadNow,
        askReviewers: parts.askReviewers,
        tearDown: parts.tearDown,
        usageOf: issue => engine.state().tickets[issue]?.context.usage ?? NO_USAGE,
        endTrace: world.traces.end,
      }),
      ...labels,
      ...adoptHandlers({
        ...{...shared, hostName, defaultBranch, deadNow: reconciler.deadNow},
        pastMailTurns: () => readPastMailTurns(world),
        pastSpending: () => readPastSpending(world),
      }),
      async record({event}) {
        journal.append(event)
        return []
      },
      async notify({name: _name, ...notice}) {
        notices.call(notice)
        return []
      },
    },
    dispatch: engine.dispatch,
    clock,
    log,
    crash: world.crash,
    inTrace: (effect, run) => parts.landingLog.step(effect, () => parts.effectTraces.inTrace(effect, run)),
    onTrouble: troubles.report,
    onRetry: (lane, retry) => engine.dispatch({type: 'effectRetried', lane, retry}),
  })
  return {interpreter, clearLabels: labels.clearLabels}
}

/** Moves cards on the board. The board only shows state, so a failure is shown in the header and stops no ticket. */
function columnWriter({world: {github, log}, troubles}: Parts) {
  return async (ticket: number, column: string, from: readonly string[] | null): Promise<boolean> => {
    try {
      await github.ensureColumn(ticket, column, from)
      troubles.report('board', null)
      troubles.report(`column ${column}`, null)
      return true
    } catch (thrown) {
      const error = toErrorData(thrown)
      log.warn('cannot move a card', {ticket, column, error})
      // A deleted issue is handled where its ticket is looked at.
      if (error.code === 'board-without-column') troubles.report(`column ${column}`, error)
      else if (error.code !== 'github-not-found') troubles.report('board', error)
      return false
    }
  }
}
