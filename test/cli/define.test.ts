import {Command} from 'commander'
import {describe, expect, it} from 'vitest'
import * as z from 'zod'
import {ClambakeError, EXIT} from '../../src/base/errors.ts'
import type {CommandContext} from '../../src/cli/context.ts'
import {defineCommand} from '../../src/cli/define.ts'
import {positiveInteger} from '../../src/cli/inputs.ts'
import {refusal} from '../git/setup.ts'

/** Runs `args` with one command, and gives all that it did to its context. */
async function run(args: string[], outcome: 'good' | 'fails' = 'good') {
  const seen: Record<string, unknown>[] = []
  const context = {exit: undefined as number | undefined, out: '', disposed: false}
  const open = ({json}: {json: boolean}) =>
    ({
      traced: (_name: string, task: () => Promise<unknown>) => task(),
      explained: async (error: unknown) => error,
      print: (result: unknown, text: () => string) => {
        context.out = json ? JSON.stringify(result) : text()
      },
      setExit: (code: number) => {
        context.exit = code
      },
      async [Symbol.asyncDispose]() {
        context.disposed = true
      },
    }) as unknown as CommandContext
  const bake = defineCommand({
    name: 'oven bake',
    summary: 'bake something',
    does: 'acts',
    args: [{key: 'what', name: 'what', required: true, description: 'what to bake'}],
    options: {
      minutes: {flags: '--min <n>', description: 'how long'},
      fan: {flags: '--no-fan', description: 'without the fan'},
    },
    schema: () => z.object({what: z.string(), minutes: positiveInteger.optional(), fan: z.boolean().default(true)}),
    examples: [['clambake oven bake bread', 'bread']],
    async run(input) {
      seen.push(input)
      if (outcome === 'fails') throw new ClambakeError({code: 'run-failed', message: 'it is burnt'})
      return {baked: input.what, burnt: input.minutes === 99}
    },
    text: ({baked}) => `baked ${baked}`,
    exit: ({burnt}) => (burnt ? EXIT.needsHuman : EXIT.good),
  })
  const program = new Command('clambake').exitOverride().configureOutput({writeOut: () => {}, writeErr: () => {}})
  bake.mount(program, open)
  const failure = await program.parseAsync(args, {from: 'user'}).then(
    () => undefined,
    (error: unknown) => error,
  )
  return {seen, context, failure, program}
}

describe('a command from its data', () => {
  it('takes arguments and options through its schema, whatever their flags are called', async () => {
    const {seen, context} = await run(['oven', 'bake', 'bread', '--min', '40', '--no-fan'])
    expect(seen).toEqual([{what: 'bread', minutes: 40, fan: false}])
    expect(context).toEqual({out: 'baked bread', exit: EXIT.good, disposed: true})
    expect((await run(['oven', 'bake', 'bread'])).seen).toEqual([{what: 'bread', fan: true}])
  })

  it('prints the same result as JSON', async () => {
    const {context} = await run(['oven', 'bake', 'bread', '--json'])
    expect(JSON.parse(context.out)).toEqual({baked: 'bread', burnt: false})
  })

  it('ends with the code that the result says', async () => {
    expect((await run(['oven', 'bake', 'bread', '--min', '99'])).context.exit).toBe(EXIT.needsHuman)
  })

  it('says which input is wrong, and runs nothing', async () => {
    const {failure, seen, context} = await run(['oven', 'bake', 'bread', '--min', 'soon'])
    const error = await refusal(Promise.reject(failure))
    expect(error).toMatchObject({code: 'bad-usage', exitCode: EXIT.usage, next: 'clambake oven bake --help'})
    expect(error.message).toMatch(/^oven bake: --min soon .*whole number/)
    expect(seen).toEqual([])
    expect(context.disposed).toBe(true)
  })

  it('closes what it opened when it fails', async () => {
    const {failure, context} = await run(['oven', 'bake', 'bread'], 'fails')
    expect(failure).toMatchObject({code: 'run-failed'})
    expect(context).toMatchObject({disposed: true, out: '', exit: undefined})
  })

  it('tells its examples in its help', async () => {
    const {program} = await run(['oven', 'bake', '--help'])
    const command = program.commands[0]?.commands[0]
    expect(command?.helpInformation()).toContain('bake something')
    expect(command?.helpInformation()).toContain('--min <n>')
  })
})
