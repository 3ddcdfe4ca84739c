import {expect, it} from 'vitest'
import {hasUnicode} from '../../../src/base/locale.ts'
import {checkMachine} from '../../../src/cli/doctor/machine.ts'

it.each([
  [{}, true, 'no locale, assumed to be UTF-8'],
  [{LANG: 'en_US.UTF-8'}, true, 'UTF-8'],
  [{LANG: 'C.UTF-8', LC_ALL: 'C'}, false, 'no UTF-8 locale: C'],
  [{LANG: 'de_DE@euro', LC_CTYPE: 'en_US.utf8'}, true, 'UTF-8'],
])('%j has the characters that it is drawn with: %s', async (locale, unicode, told) => {
  expect(hasUnicode(locale)).toBe(unicode)
  const findings = await checkMachine({env: {TERM: 'xterm-256color', ...locale}, folder: '/'})
  const terminal = findings.find(({name}) => name === 'terminal')
  expect(terminal).toMatchObject({state: unicode ? 'good' : 'hint', detail: expect.stringContaining(told)})
})
