import {log} from './log.ts'
import {inbox, send} from './mail.ts'
import {recall, remember} from './memory.ts'
import {myTicket} from './my-ticket.ts'
import {reserve} from './reserve.ts'
import type {Tool} from './tool.ts'
import {who} from './who.ts'

/** All tools, in the order in which a model sees them. */
export const TOOLS: readonly Tool[] = [who, send, inbox, reserve, remember, recall, log, myTicket]
