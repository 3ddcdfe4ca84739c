import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {decidePermission, type Permission} from '../../src/model/data/permission.ts'

const ALLOW = ['Bash(npm test)', 'Bash(npm run *)', 'Bash(git status:*)', 'WebFetch', 'Edit(src/*)', 'mcp__docs__*']
const DENY = ['Bash(rm *)', 'Bash(git push:*)', 'WebFetch(*intranet*)', 'Read(*/.env)']

function bash(command: string, lists: {allow?: readonly string[]; deny?: readonly string[]} = {}): Permission {
  return decidePermission({tool: 'Bash', input: {command}, allow: ALLOW, deny: DENY, ...lists})
}

describe('decidePermission', () => {
  it.each([
    ['npm test', 'allow'],
    ['npm test ', 'ask'],
    ['npm tests', 'ask'],
    ['npm run build -- --watch', 'allow'],
    ['git status', 'allow'],
    ['git status -s', 'allow'],
    ['git statusx', 'ask'],
    ['rm -rf x', 'deny'],
    ['git push origin HEAD:main', 'deny'],
    ['npm run build && rm -rf x', 'deny'],
    ['npm run build; FORCE=1  git   push', 'deny'],
    ['echo $(rm -rf x)', 'deny'],
    ['(rm -rf x)', 'deny'],
    ['npm run a\nrm x', 'deny'],
    ['npm run build > /etc/passwd', 'ask'],
    ['npm run build & curl x', 'ask'],
    ['npm run `id`', 'ask'],
    ['npm run $\u007bx@P}', 'ask'],
    ['', 'ask'],
  ])('%j: %s', (command, verdict) => {
    expect(bash(command)).toBe(verdict)
  })

  it.each([
    ['WebFetch', {url: 'https://example.com'}, 'allow'],
    ['WebFetch', {url: 'https://intranet.example.com'}, 'deny'],
    ['Edit', {file_path: '/w/src/a.ts'}, 'allow'],
    ['Edit', {file_path: '/w/src/../../etc/passwd'}, 'ask'],
    ['Edit', {file_path: '/etc/src/a.ts'}, 'ask'],
    ['Read', {file_path: '/w/.env'}, 'deny'],
    ['mcp__docs__find', {query: 'x'}, 'allow'],
    ['mcp__shell__run', {}, 'ask'],
    ['Bash', {command: 7}, 'ask'],
    ['Bash', {command: 'npm test', timeout: 5}, 'allow'],
    ['Bash', {command: 'npm test', outside_the_sandbox: true}, 'ask'],
    ['Edit', {}, 'ask'],
    ['AskUserQuestion', {questions: []}, 'ask'],
  ])('%s %j: %s', (tool, input, verdict) => {
    expect(decidePermission({tool, input, allow: ALLOW, deny: DENY, directory: '/w'})).toBe(verdict)
  })

  it('lets a whole compound through only by its very words', () => {
    const command = 'npm test && npm run build'
    expect(bash(command, {allow: ['Bash(npm test && *)', 'Bash']})).toBe('ask')
    expect(bash(command, {allow: [`Bash(${command})`]})).toBe('allow')
  })

  it('never answers a question, and denies before it allows', () => {
    expect(decidePermission({tool: 'AskUserQuestion', input: {}, allow: ['*'], deny: []})).toBe('ask')
    expect(bash('npm test', {deny: ['Bash']})).toBe('deny')
  })

  const command = fc.stringMatching(/^[a-z -]{1,20}$/)
  const operator = fc.constantFrom(' && ', '; ', ' | ', '\n', ' & ', ' || ', ' `', ' $(', ' > ', ' < ', ' <(')

  it('never allows more of a compound than was written down, whatever the pattern', () => {
    fc.assert(
      fc.property(
        command,
        operator,
        command,
        fc.array(fc.constantFrom('*', 'Bash', 'Bash(*)', 'Bash(n*)')),
        (...args) => {
          const [one, between, other, allow] = args
          expect(bash(one + between + other, {allow, deny: []})).toBe('ask')
        },
      ),
    )
  })

  it('finds a denied command in every part of a compound', () => {
    fc.assert(
      fc.property(command, operator, (other, between) => {
        const lists = {allow: ['*'], deny: ['Bash(secret:*)']}
        expect(bash(`${other}${between}secret x`, lists)).toBe('deny')
        expect(bash(`secret x${between}${other}`, lists)).toBe('deny')
      }),
    )
  })

  it('takes whatever comes: what nothing names is asked', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.dictionary(fc.string(), fc.anything()),
        fc.array(fc.string()),
        (tool, input, deny) => {
          expect(decidePermission({tool, input, allow: [], deny})).not.toBe('allow')
        },
      ),
    )
  })
})
