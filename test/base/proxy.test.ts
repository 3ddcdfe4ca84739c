import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {fileURLToPath} from 'node:url'
import {expect, it} from 'vitest'
import {offProxy} from '../../src/base/environment/proxy.ts'
import {run} from '../../src/base/run.ts'

/** Nothing listens there. */
const REFUSES = 'http://ada:secret@127.0.0.1:9'

it('keeps this machine off a proxy, beside what a person keeps off it', () => {
  expect(offProxy({PATH: '/bin', NO_PROXY: 'a.test'})).toEqual({})
  expect(offProxy({https_proxy: ''})).toEqual({})
  const both = (hosts: string) => ({NO_PROXY: hosts, no_proxy: hosts})
  expect(offProxy({HTTPS_PROXY: REFUSES})).toEqual(both('127.0.0.1,localhost,::1'))
  expect(offProxy({http_proxy: REFUSES, no_proxy: 'a.test, localhost'})).toEqual(both('a.test,localhost,127.0.0.1,::1'))
  expect(offProxy({all_proxy: REFUSES, NO_PROXY: '*'})).toEqual(both('*'))
})

it('sends requests through the proxy, except those to this machine', async () => {
  const server = createServer((_, response) => response.end('here')).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const {port} = server.address() as AddressInfo
  const proxy = fileURLToPath(new URL('../../src/base/environment/proxy.ts', import.meta.url))
  const script = `import {takeProxy, proxyInUse} from ${JSON.stringify(proxy)}
    await takeProxy(process.env)
    const ask = url => fetch(url).then(answer => answer.text(), error => error.cause.message)
    console.log(await ask('http://127.0.0.1:${port}'), await ask('https://github.invalid'), proxyInUse())`
  try {
    const {stdout} = await run(process.execPath, {
      args: ['--input-type=module', '-e', script],
      env: {HTTPS_PROXY: REFUSES, HTTP_PROXY: REFUSES.replace('http://', '')},
    })
    expect(stdout.trim()).toBe('here connect ECONNREFUSED 127.0.0.1:9 127.0.0.1:9')
  } finally {
    server.close()
  }
})
