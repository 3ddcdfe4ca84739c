import {describe, expect, it} from 'vitest'
import type {Mail} from '../../../src/model/hub/mail.ts'
import {outcomeText, receiptText} from '../../../src/model/hub/receipt-text.ts'

const mail: Mail = {
  ...{id: 1, kind: 'request', from: 'shop-1', instance: 'shop-1', project: 'acme/shop', to: '@all', text: 'x', at: 0},
  ...{expiresAt: 1000, resource: null, answers: null, dueAt: 100, ended: null},
}
const STORED = {recipients: 2, handed: 0, begun: 0}

describe('what became of a message', () => {
  it.each([
    [STORED, 'stored, for 2'],
    [{...STORED, recipients: 0}, 'stored'],
    [{...STORED, handed: 1}, 'given to 1 of 2'],
    [{...STORED, handed: 2, begun: 1}, 'read by 1 of 2'],
  ])('%o is "%s", on the screen and in the inbox', (progress, words) => {
    expect(receiptText(progress)).toBe(words)
    expect(outcomeText(mail, progress, 50)).toBe(words)
    expect(outcomeText(mail, progress, 500)).toBe(`${words}, overdue`)
  })

  it('is only that it has ended, once it has', () => {
    expect(outcomeText(mail, STORED, 1000)).toBe('expired')
    expect(outcomeText({...mail, claim: 'acme/widgets#7 A'}, STORED, 1000)).toBe('never read')
    expect(outcomeText({...mail, ended: {at: 1, by: 'ada'}}, STORED, 1000)).toBe('done')
  })
})
