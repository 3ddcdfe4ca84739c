import {connect} from '../../src/rpc/connect.ts'

/** A process that asks a server who it is, and prints the answer. `claimed`: the process id that it says it has. */
const [path = '', claimed] = process.argv.slice(2)
await using server = await connect<{who: {params: object; result: unknown}}, Record<string, never>>({
  path,
  hello: {protocol: 1, version: '1.2.3', role: 'client', pid: Number(claimed ?? process.pid), instance: 'a test'},
})
console.log(JSON.stringify(await server.call('who', {})))
