import type {DefinedCommand} from '../define.ts'
import {agentsAttach, agentsHistory, agentsList, agentsSend, agentsStart} from './agents/agents.ts'
import {agentsAnswer} from './agents/answer.ts'
import {agentsDiagnose, agentsRecover, agentsValidate} from './agents/diagnose.ts'
import {agentsReset, agentsStop} from './agents/reset.ts'
import {attach} from './attach.ts'
import {bottle} from './bottle.ts'
import {bundle} from './bundle.ts'
import {claims} from './claims.ts'
import {cleanup} from './cleanup.ts'
import {conflicts} from './conflicts.ts'
import {context} from './context.ts'
import {daemonReload, daemonRestart, daemonStart, daemonStatus, daemonStop} from './daemon.ts'
import {daemonLogs} from './daemon-logs.ts'
import {demo} from './demo.ts'
import {events} from './events.ts'
import {log} from './hub/log.ts'
import {inbox, read, send} from './hub/mail.ts'
import {mcp} from './hub/mcp.ts'
import {recall} from './hub/recall.ts'
import {deregister, heartbeat, register, who} from './hub/registry.ts'
import {remember, updateMemory} from './hub/remember.ts'
import {release, reserve} from './hub/reservations.ts'
import {off, on} from './hub/switch.ts'
import {land} from './land.ts'
import {logs} from './logs.ts'
import {peek} from './peek.ts'
import {pop} from './pop.ts'
import {recover} from './recover.ts'
import {route} from './route.ts'
import {completion} from './setup/completion.ts'
import {doctor} from './setup/doctor.ts'
import {init} from './setup/init.ts'
import {setupClaude} from './setup/setup-claude.ts'
import {trustClone} from './setup/trust-clone.ts'
import {version} from './setup/version.ts'
import {status} from './status.ts'
import {sync} from './sync.ts'
import {undo} from './undo.ts'
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
  bundle,
  recover,
  cleanup,
  undo,
  sync,
  claims,
  conflicts,
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
  read,
  reserve,
  release,
  who,
  register,
  heartbeat,
  deregister,
  log,
  on,
  off,
  remember,
  recall,
  updateMemory,
  mcp,
  daemonStart,
  daemonStop,
  daemonRestart,
  daemonReload,
  daemonStatus,
  daemonLogs,
  init,
  doctor,
  setupClaude,
  trustClone,
  completion,
  version,
  demo,
]
