import {expect, it} from 'vitest'
import {
  ClambakeError,
  exitOf,
  fromErrorData,
  isSystemError,
  messageOf,
  toErrorData,
  usageError,
} from '../../src/base/errors.ts'

const full = {
  code: 'no-remote',
  message: 'the push was refused',
  kept: 'your commits',
  next: 'fetch',
  exitCode: 2,
} as const

it('crosses a wire and comes out the same', () => {
  const error = new ClambakeError({...full, cause: new Error('secret detail')})
  const data = JSON.parse(JSON.stringify(toErrorData(error)))
  expect(data).toEqual(full)
  expect(fromErrorData(data)).toMatchObject({...full, name: 'ClambakeError'})
})

it('has the exit code of its code, and leaves out what it does not know', () => {
  expect(toErrorData(new ClambakeError({code: 'run-failed', message: 'y'}))).toEqual({
    code: 'run-failed',
    message: 'y',
    exitCode: 1,
  })
  expect(usageError({code: 'bad-usage', message: 'y'}).exitCode).toBe(2)
})

it('calls anything else internal', () => {
  expect(toErrorData(new TypeError('no'))).toEqual({code: 'internal', message: 'no', exitCode: 1})
  expect(toErrorData('thrown text')).toMatchObject({code: 'internal', message: 'thrown text'})
  expect(messageOf(undefined)).toBe('undefined')
})

it('keeps its cause', () => {
  const cause = Object.assign(new Error('gone'), {code: 'ENOENT'})
  expect(new ClambakeError({code: 'run-failed', message: 'y', cause}).cause).toBe(cause)
  expect(isSystemError(cause, 'ENOENT')).toBe(true)
  expect(isSystemError(cause, 'EEXIST')).toBe(false)
  expect(isSystemError({code: 'ENOENT'}, 'ENOENT')).toBe(false)
})

it('keeps the exit code of a later version for a code that is not known here', () => {
  const later = {...full, code: 'of-a-later-version' as 'internal', exitCode: 2} as const
  expect(fromErrorData(later).exitCode).toBe(2)
  expect([exitOf('interrupted'), exitOf('no-token'), exitOf('no-orphan')]).toEqual([130, 2, 1])
})
