import type {DefinedCommand} from '../define.ts'
import {agentsAttach, agentsHistory, agentsList, agentsSend, agentsStart, agentsStop} from './agents.ts'
import {agentsAnswer} from './answer.ts'
import {attach} from './attach.ts'
import {bottle} from './bottle.ts'
import {claims} from './claims.ts'
import {cleanup} from './cleanup.ts'
import {completion} from './completion.ts'
import {context} from './context.ts'
import {daemonStart, daemonStatus, daemonStop} from './daemon.ts'
import {demo} from './demo.ts'
import {agentsDiagnose, agentsRecover, agentsReset, agentsValidate} from './diagnose.ts'
import {doctor} from './doctor.ts'
import {events} from './events.ts'
import {init} from './init.ts'
import {land} from './land.ts'
import {logs} from './logs.ts'
import {peek} from './peek.ts'
import {pop} from './pop.ts'
import {recover} from './recover.ts'
import {route} from './route.ts'
import {setupClaude} from './setup-claude.ts'
import {status} from './status.ts'
import {sync} from './sync.ts'
import {inbox, send, who} from './talk.ts'
import {why} from './why.ts'

/** All commands in the order of the help. */
export const COMMANDS: readonly DefinedCommand[] = [
  status,
  peek,
  why,
  pop,
  route,
  attach,
  logs,
  context,
  bottle,
  land,
  recover,
  cleanup,
  sync,
  claims,
  events,
  agentsList,
  agentsStart,
  agentsStop,
  agentsAnswer,
  agentsAttach,
  agentsSend,
  agentsHistory,
  agentsDiagnose,
  agentsValidate,
  agentsRecover,
  agentsReset,
  send,
  inbox,
  who,
  daemonStart,
  daemonStop,
  daemonStatus,
  init,
  doctor,
  setupClaude,
  completion,
  demo,
]
