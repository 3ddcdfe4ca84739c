import {expect, it} from 'vitest'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {run} from '../../src/base/run.ts'

const telemetry = new URL('../../src/telemetry/telemetry.ts', import.meta.url).href

/** The packages that a process loads when it starts telemetry with this endpoint. */
async function packagesLoaded(endpoint: string | null): Promise<string[]> {
  const script = `
    import {registerHooks} from 'node:module'
    const loaded = new Set()
    registerHooks({load(url, context, next) {
      const name = /node_modules\\/(@[^/]+\\/[^/]+|[^/]+)/.exec(url)?.[1]
      if (name) loaded.add(name)
      return next(url, context)
    }})
    const {startTelemetry} = await import(${JSON.stringify(telemetry)})
    const log = {debug() {}, info() {}, warn() {}, error() {}, child: () => log}
    const {tickets, shutdown} = await startTelemetry({service: 'test', version: '1', endpoint: ${JSON.stringify(endpoint)}, log})
    await tickets.inTicket(tickets.begin(), 'work', {}, async () => {})
    process.stdout.write(JSON.stringify([...loaded]))
    process.exit(0)`
  const result = await run(process.execPath, {
    args: ['--input-type=module', '--eval', script],
    env: sealedEnv('/nonexistent'),
  })
  return JSON.parse(result.stdout)
}

it('loads the SDK only when there is an endpoint', async () => {
  expect(await packagesLoaded(null)).toEqual(['@opentelemetry/api'])
  expect(await packagesLoaded('http://127.0.0.1:9')).toContain('@opentelemetry/sdk-node')
})
