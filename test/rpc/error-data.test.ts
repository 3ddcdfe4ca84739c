import {expect, it} from 'vitest'
import {fromErrorData} from '../../src/base/errors.ts'
import {errorData} from '../../src/protocol/error-data.ts'

it('carries a code of a newer version', () => {
  const sent = {code: 'of-a-later-version', message: 'the moon is full', exitCode: 1, next: 'wait'}
  expect(fromErrorData(errorData.parse(sent)).toJSON()).toEqual(sent)
  expect(errorData.safeParse({...sent, code: 7}).success).toBe(false)
})
