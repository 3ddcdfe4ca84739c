import {createInterface} from 'node:readline/promises'

/** Asks y or N; everything but a yes is a no, the end of the input and Ctrl-C too. */
export async function confirm(
  question: string,
  {input, output}: {input: NodeJS.ReadableStream; output: NodeJS.WritableStream},
): Promise<boolean> {
  const dialog = createInterface({input, output})
  try {
    const closed = new Promise<string>(resolve => dialog.once('close', () => resolve('')))
    const answer = await Promise.race([dialog.question(`${question} [y/N] `), closed])
    return /^y(?:es)?$/i.test(answer.trim())
  } finally {
    dialog.close()
  }
}
