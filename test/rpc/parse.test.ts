import {expect, it} from 'vitest'
import {parseHello} from '../../src/rpc/parse.ts'

const own = {protocol: 2, version: '2', role: 'host', pid: 1, instance: 'x'} as const

it.each(['daemon', 'host', '__proto__', 'constructor', 7])(
  'names a process of another version, whatever role it gives: %s',
  role => {
    expect(() => parseHello({protocol: 1, version: '1', role, pid: 5}, own)).toThrow(/is version 1, protocol 1/)
  },
)
