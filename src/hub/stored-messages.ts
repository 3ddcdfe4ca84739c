import type {Message} from '../model/data/message.ts'
import type {HubGateway} from '../model/gateways/hub.ts'

/** Enough for the last messages to each of twelve agents. */
const KEPT = 200
/** Words of reviews among which those that are not delivered are looked for. */
const KEPT_WORDS = 5000

/** The last messages of the repository, and the words of reviews that wait for their agents, newest first. */
export async function storedMessages(hub: Pick<HubGateway, 'messages'>): Promise<readonly Message[]> {
  const [last, kept] = await Promise.all([hub.messages({limit: KEPT}), hub.messages({kept: true, limit: KEPT_WORDS})])
  return [...last, ...kept.filter(({id, deliveredAt}) => deliveredAt === null && last.every(one => one.id !== id))]
}
