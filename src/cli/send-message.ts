import * as z from 'zod'
import {ClambakeError, fromErrorData} from '../base/errors.ts'
import {SAY, type SentMessage} from '../model/data/message.ts'
import {errorData} from '../protocol/error-data.ts'
import type {CommandContext} from './context.ts'

const answer = z.object({
  messages: z.array(z.custom<SentMessage>()).optional(),
  error: errorData.optional(),
})

/**
 * Sends a message to agents. In an agent's pane it goes through the pane's own mailbox, whose secret identifies the
 * sender; elsewhere it goes through the daemon's socket, which only this user can reach. A program, such as a session that a
 * person started, does not write as that person.
 */
export async function sendMessage(
  message: {to: string; text: string},
  context: CommandContext,
): Promise<{messages: readonly SentMessage[]}> {
  const {CLAMBAKE_MAILBOX_URL: url, CLAMBAKE_MAILBOX_TOKEN: token} = context.env
  if (!url || !token) {
    const {isPerson} = await import('./hub/self.ts')
    const daemon = await context.daemon()
    return daemon.call('send', (await isPerson()) ? message : {...message, program: true})
  }
  const response = await post(`${url}/${SAY}?reply=1`, token, message)
  const {messages, error} = answer.parse(await response.json())
  if (error) throw fromErrorData(error)
  return {messages: messages ?? []}
}

async function post(url: string, token: string, words: object): Promise<Response> {
  const refused = (detail: string, cause?: unknown) =>
    new ClambakeError({
      code: 'not-heard',
      message: `The terminal host of this pane did not accept the message: ${detail}`,
      next: 'say it in your answer instead; a person reads it',
      cause,
    })
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {authorization: `Bearer ${token}`, 'content-type': 'application/json'},
      body: JSON.stringify(words),
    })
    if (!response.ok) throw refused(`it answered ${response.status}`)
    return response
  } catch (error) {
    throw error instanceof ClambakeError ? error : refused('it is not reachable', error)
  }
}
