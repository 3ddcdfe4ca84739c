import {describe, expect, it} from 'vitest'
import {EXIT_MEANINGS} from '../../src/base/errors.ts'
import {COMMANDS} from '../../src/cli/commands/index.ts'
import {manPage} from '../../src/cli/man-page.ts'
import {createProgram} from '../../src/cli/run.ts'

const page = manPage(createProgram(), COMMANDS, '1.2.3')
/** What a reader sees of a line of roff. */
const plain = page.replaceAll('\\-', '-')

describe('the manual page', () => {
  it('has every command, its options and its examples', () => {
    for (const {name, examples} of COMMANDS) {
      expect(plain).toMatch(new RegExp(`^\\.SS "clambake ${name}[" ]`, 'm'))
      expect(examples.length).toBeGreaterThan(0)
    }
    expect(plain).toContain('"-f, --follow"')
    expect(plain.startsWith('.TH CLAMBAKE 1 "" "clambake 1.2.3"')).toBe(true)
  })

  it('says the exit codes as the help does', () => {
    const help: string[] = []
    createProgram()
      .configureOutput({writeOut: text => void help.push(text)})
      .outputHelp()
    for (const [code, meaning] of EXIT_MEANINGS) {
      expect(plain).toContain(`.B "${code}"\n${meaning}`)
      expect(help.join('')).toMatch(new RegExp(`^ +${code} +${meaning}$`, 'm'))
    }
  })

  it('has only lines that roff can read: known requests, no other byte than ASCII', () => {
    expect(page).toMatch(/^[\n\x20-\x7e]*$/)
    const requests = new Set(page.split('\n').flatMap(line => /^\.\S+/.exec(line)?.[0] ?? []))
    expect([...requests].toSorted()).toEqual(['.B', '.IR', '.PP', '.RI', '.SH', '.SS', '.TH', '.TP', '.br'].toSorted())
    expect(page).not.toMatch(/^'/m)
  })
})
