import {describe, it} from 'vitest'
import {hubContract} from './contract.ts'
import {fileStores, POSTGRES, postgresStores, WITHOUT_POSTGRES} from './stores.ts'

describe('the hub in a file', () => hubContract(fileStores, {seenWithinMs: 1000}))

if (POSTGRES === null) it.skip(`the hub ${WITHOUT_POSTGRES}`, () => {})
else describe('the hub on Postgres', () => hubContract(postgresStores, {seenWithinMs: 200}))
