import fc from 'fast-check'
import {expect, it} from 'vitest'
import {indexOfMail, threadRows} from '../../src/client/hub/threads.ts'
import {mailRow} from './details.ts'
import {NOW} from './samples.ts'

const ids = (mail: Parameters<typeof threadRows>[0]) => threadRows(mail, NOW).map(row => [row.mail.id, row.depth])

it('puts answers below what they answer, and the newest thread first', () => {
  const mail = [mailRow({id: 5, answers: 3}), mailRow({id: 4}), mailRow({id: 3, answers: 1}), mailRow({id: 1})]
  expect(ids(mail)).toEqual([
    [1, 0],
    [3, 1],
    [5, 1],
    [4, 0],
  ])
})

it('begins a thread where the message that is answered is not there', () => {
  expect(ids([mailRow({id: 9, answers: 2}), mailRow({id: 8})])).toEqual([
    [9, 0],
    [8, 0],
  ])
})

it('puts first what is overdue for the person, then blockers that hold', () => {
  const request = mailRow({id: 1, kind: 'request', dueAt: NOW - 1})
  const mine = mailRow({id: 2, kind: 'request', dueAt: NOW - 1, mine: true})
  const blocker = mailRow({id: 3, kind: 'blocker', resource: 'docker'})
  const ended = mailRow({id: 4, kind: 'blocker', resource: 'docker', ended: {at: NOW, by: 'x'}})
  expect(ids([ended, blocker, mine, request]).map(([id]) => id)).toEqual([1, 3, 4, 2])
})

it('shows every message once, whatever answers what', () => {
  const answers = fc.array(fc.option(fc.integer({min: 1, max: 12}), {nil: null}), {minLength: 1, maxLength: 12})
  fc.assert(
    fc.property(answers, given => {
      const mail = given.map((answer, index) => mailRow({id: index + 1, answers: answer}))
      const rows = threadRows(mail, NOW)
      expect(rows.map(row => row.mail.id).toSorted((a, b) => a - b)).toEqual(mail.map(({id}) => id))
      for (const {mail: one} of rows) expect(rows[indexOfMail(rows, one.id)]?.mail.id).toBe(one.id)
    }),
  )
})
