import {statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {silentLog} from '../../src/base/log.ts'
import {createStandingPermissions, permissionFile} from '../../src/daemon/agents/standing-permissions.ts'

const CALL = '["Bash","/w",{"command":"npm install left-pad"}]'
const SCOPE = {ticket: 7, session: 's'}

function opened(file: string) {
  return createStandingPermissions({store: permissionFile(file), log: silentLog})
}

describe('standing permissions', () => {
  it('hold for the next daemon, for that ticket and conversation alone, and do not reveal the call', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'always.json')
    opened(file).allow(SCOPE, CALL)
    const next = opened(file)
    expect(next.allows(SCOPE, CALL)).toBe(true)
    expect(next.allows({ticket: 8, session: 's'}, CALL)).toBe(false)
    expect(next.allows({ticket: 7, session: 'another'}, CALL)).toBe(false)
    expect(next.allows(SCOPE, `${CALL} `)).toBe(false)
    expect(permissionFile(file).read()).not.toContain('left-pad')
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('are forgotten with their ticket', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'always.json')
    const permissions = opened(file)
    permissions.allow(SCOPE, CALL)
    permissions.allow({ticket: 8, session: 't'}, CALL)
    permissions.keep([{ticket: 8, session: 't'}])
    for (const memory of [permissions, opened(file)]) {
      expect(memory.allows(SCOPE, CALL)).toBe(false)
      expect(memory.allows({ticket: 8, session: 't'}, CALL)).toBe(true)
    }
  })

  it.each(['', '{', '[]', '{"version":2,"allowed":{}}', '{"version":1,"allowed":{"7 s":[1]}}'])(
    'allows nothing where the file says %j',
    async text => {
      using folder = temporaryFolder()
      const file = join(folder.path, 'always.json')
      writeFileSync(file, text)
      const permissions = opened(file)
      expect(permissions.allows(SCOPE, CALL)).toBe(false)
      permissions.allow(SCOPE, CALL)
      expect(opened(file).allows(SCOPE, CALL)).toBe(true)
    },
  )

  it('are kept in memory when the file cannot be written', async () => {
    using folder = temporaryFolder()
    const permissions = opened(join(folder.path, 'nowhere', 'always.json'))
    permissions.allow(SCOPE, CALL)
    expect(permissions.allows(SCOPE, CALL)).toBe(true)
  })
})
