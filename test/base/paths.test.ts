import {chmodSync, lstatSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {ensurePrivateFolder, ensureSocketFolder, runtimePaths, stateFolder} from '../../src/base/paths.ts'

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'paths-')))
})
afterEach(() => rmSync(folder, {recursive: true}))

describe('state folder', () => {
  it('is the named one, then the XDG one, then the home', () => {
    const env = {CLAMBAKE_STATE_DIR: '/a', XDG_STATE_HOME: '/b', HOME: '/c'}
    expect(stateFolder(env)).toBe('/a')
    expect(stateFolder({...env, CLAMBAKE_STATE_DIR: ''})).toBe('/b/clambake')
    expect(stateFolder({HOME: '/c'})).toBe('/c/.local/state/clambake')
  })
})

describe('runtime paths', () => {
  it('are the same by every name of one repository and differ between repositories', () => {
    mkdirSync(join(folder, 'one', '.git'), {recursive: true})
    mkdirSync(join(folder, 'two', '.git'), {recursive: true})
    symlinkSync(join(folder, 'one'), join(folder, 'link'))
    const of = (name: string) =>
      runtimePaths({env: {HOME: folder}, commonDir: join(folder, name, '.git'), version: '1.0.0'})
    expect(of('one').key).toMatch(/^[0-9a-f]{12}$/)
    expect(of('link')).toEqual(of('one'))
    expect(of('two').daemon.socket).not.toBe(of('one').daemon.socket)
    expect(of('two').hub).toBe(of('one').hub)
  })

  it('separate host generations by version, daemons not', () => {
    const of = (version: string) => runtimePaths({env: {HOME: folder}, commonDir: folder, version})
    expect(of('2').host).not.toEqual(of('1').host)
    expect(of('2').daemon).toEqual(of('1').daemon)
  })

  it('put a socket below the temporary folder when its path would be too long', () => {
    const deep = join(folder, 'd'.repeat(90))
    const env = {CLAMBAKE_STATE_DIR: deep, TMPDIR: join(folder, 't')}
    mkdirSync(env.TMPDIR)
    const paths = runtimePaths({env, commonDir: folder, version: '1.0.0'})
    expect(paths.daemon.socket.startsWith(env.TMPDIR)).toBe(true)
    expect(Buffer.byteLength(paths.host.socket)).toBeLessThanOrEqual(100)
    expect(paths.daemon.lock.startsWith(deep)).toBe(true)
    const other = runtimePaths({env: {...env, CLAMBAKE_STATE_DIR: `${deep}x`}, commonDir: folder, version: '1.0.0'})
    expect(other.daemon.socket).not.toBe(paths.daemon.socket)
    ensureSocketFolder(paths.daemon.socket)
    for (const made of [dirname(paths.daemon.socket), dirname(dirname(paths.daemon.socket))]) {
      expect(lstatSync(made).mode & 0o777).toBe(0o700)
    }
  })

  it('put a socket below /tmp when it would be too long in the temporary folder too', () => {
    const long = join(folder, 'd'.repeat(90))
    const {daemon} = runtimePaths({env: {CLAMBAKE_STATE_DIR: long, TMPDIR: long}, commonDir: folder, version: '1.0.0'})
    expect(daemon.socket).toMatch(/^\/tmp\/clambake-\d+\/[0-9a-f]{12}\/daemon\.sock$/)
  })
})

describe('a private folder', () => {
  it('is closed to others, also when it stood open', () => {
    const path = join(folder, 'a', 'b')
    ensurePrivateFolder(path)
    chmodSync(path, 0o755)
    ensurePrivateFolder(path)
    expect(lstatSync(path).mode & 0o777).toBe(0o700)
  })

  it('is refused when it is a link somebody could have planted', () => {
    symlinkSync(folder, join(folder, 'planted'))
    expect(() => ensurePrivateFolder(join(folder, 'planted'))).toThrow('not a directory')
  })
})
