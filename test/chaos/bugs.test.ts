import {readFileSync} from 'node:fs'
import {resolve} from 'node:path'
import {expect, it} from 'vitest'
import {BUGS} from './bug-list.ts'

// `npm run test:chaos:bugs` takes minutes; that it can still put every bug in is known at once.
it.each(BUGS)('has a place where it can be put in: $name', ({file, from}) => {
  expect(readFileSync(resolve(import.meta.dirname, '../..', file), 'utf8').split(from)).toHaveLength(2)
})
