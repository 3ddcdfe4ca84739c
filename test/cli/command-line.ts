import {systemClock} from '../../src/base/clock.ts'
import type {CommandContext, DaemonConnection} from '../../src/cli/context.ts'
import {createProgram} from '../../src/cli/run.ts'

export type Ran = {out: string; exit: number; said: string[]; failure: Error | null}

/**
 * Runs a command line against a stand-in for the daemon's connection; gives what it printed, said on the way, and how it
 * ended. `yes`: what the person answers in a terminal; null: there is no terminal; an error: what the question throws.
 */
export async function runLine(
  line: string | readonly string[],
  options: {daemon: object; yes?: boolean | Error | null; json?: boolean; more?: Partial<CommandContext>},
): Promise<Ran> {
  const {daemon, yes = null, json = false} = options
  const ran: Ran = {out: '', exit: 0, said: [], failure: null}
  const context: Partial<CommandContext> = {
    clock: systemClock,
    env: {},
    interactive: yes !== null,
    json,
    daemon: async () => daemon as DaemonConnection,
    say: text => void ran.said.push(text),
    async confirm() {
      if (yes instanceof Error) throw yes
      return yes ?? false
    },
    print(_, text) {
      ran.out = text()
    },
    setExit(code) {
      ran.exit = code
    },
    traced: (_, task) => task(),
    explained: async (error: unknown) => error,
    [Symbol.asyncDispose]: async () => {},
    ...options.more,
  }
  const words = typeof line === 'string' ? line.split(' ') : [...line]
  try {
    await createProgram({open: () => context as CommandContext}).parseAsync(words, {from: 'user'})
  } catch (error) {
    ran.failure = error as Error
  }
  return ran
}
