import {describe, it} from 'vitest'
import {memoryContract} from './memory-contract.ts'
import {fileStores, POSTGRES, postgresStores, WITHOUT_POSTGRES} from './stores.ts'

describe('memory in a file', () => memoryContract(fileStores))

if (POSTGRES === null) it.skip(`memory ${WITHOUT_POSTGRES}`, () => {})
else describe('memory on Postgres', () => memoryContract(postgresStores))
