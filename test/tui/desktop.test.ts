import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it, onTestFinished} from 'vitest'
import {silentLog} from '../../src/base/log.ts'
import {copyToTerminal, desktopOf, openerOf} from '../../src/tui/desktop.ts'

const suspend = () => {}

describe('the clipboard', () => {
  it('gets text as OSC 52, whatever is in it', () => {
    const written: string[] = []
    expect(copyToTerminal({write: data => written.push(data)}, 'branch \x1b]52;c;evil\x07 日本')).toBe(true)
    const [, payload] = /^\x1b\]52;c;([A-Za-z0-9+/=]+)\x07$/.exec(written.join(''))!
    expect(Buffer.from(payload!, 'base64').toString('utf8')).toBe('branch \x1b]52;c;evil\x07 日本')
  })

  it('gets nothing when terminals would drop it', () => {
    const written: string[] = []
    expect(copyToTerminal({write: data => written.push(data)}, 'x'.repeat(80_000))).toBe(false)
    expect(written).toEqual([])
  })
})

describe('the browser', () => {
  it('needs a desktop on this machine', () => {
    expect(openerOf({}, 'linux')).toBeUndefined()
    expect(openerOf({DISPLAY: ':0'}, 'linux')).toBe('xdg-open')
    expect(openerOf({WAYLAND_DISPLAY: 'wayland-0'}, 'linux')).toBe('xdg-open')
    expect(openerOf({}, 'darwin')).toBe('open')
    expect(openerOf({SSH_CONNECTION: '1 2 3 4'}, 'darwin')).toBeUndefined()
  })

  it.skipIf(process.platform !== 'linux')('gets web addresses as an argument, and nothing else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clambake-desktop-'))
    onTestFinished(() => rmSync(folder, {recursive: true}))
    const opened = join(folder, 'opened')
    writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\nprintf '%s\\n' "$@" >> '${opened}'\n`, {mode: 0o755})
    const env = {PATH: `${folder}:/usr/bin:/bin`, DISPLAY: ':0'}
    const desktop = desktopOf({stdout: {write: () => true}, env, log: silentLog, suspend})
    expect(await desktop.open('https://github.com/acme/shop/issues/1?a=$(id)&b=;')).toBe(true)
    for (const url of ['file:///etc/passwd', '--help', 'javascript:alert(1)', '']) {
      expect(await desktop.open(url)).toBe(false)
    }
    expect(readFileSync(opened, 'utf8')).toBe('https://github.com/acme/shop/issues/1?a=$(id)&b=;\n')
  })

  it('is not there when its opener fails', async () => {
    const desktop = desktopOf({stdout: {write: () => true}, env: {PATH: '', DISPLAY: ':0'}, log: silentLog, suspend})
    expect(await desktop.open('https://github.com')).toBe(false)
  })
})
