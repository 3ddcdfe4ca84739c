import {createHash} from 'node:crypto'
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {dirname, join} from 'node:path'
import {isSystemError} from '../base/errors.ts'
import {ensurePrivateFolder} from '../base/paths.ts'

/**
 * Copies the built host, the files that it loads at its start (`host-*.js`) and node-pty into a folder of its own, so
 * that an `npm ci` does not break a running host. The folder's name is a hash of its content, so each build is copied
 * once. Gives the path of the copied `host.js`.
 */
export function installHost(options: {entry: string; into: string}): string {
  const {entry, into} = options
  const pty = dirname(createRequire(entry).resolve('node-pty/package.json'))
  const built = dirname(entry)
  const parts = readdirSync(built).filter(name => /^host-[a-z]+\.js$/.test(name))
  const digest = createHash('sha256')
  for (const file of [entry, ...parts.map(name => join(built, name)), join(pty, 'package.json')]) {
    digest.update(readFileSync(file))
  }
  const folder = join(into, digest.digest('hex').slice(0, 12))
  const installed = join(folder, 'host.js')
  if (existsSync(installed)) return installed

  ensurePrivateFolder(into)
  const draft = `${folder}.${process.pid}`
  try {
    mkdirSync(join(draft, 'node_modules', 'node-pty'), {recursive: true, mode: 0o700})
    cpSync(entry, join(draft, 'host.js'))
    // Without it Node reads the host as CommonJS first, finds imports, and reads it again.
    writeFileSync(join(draft, 'package.json'), '{"type": "module"}\n')
    for (const name of parts) cpSync(join(built, name), join(draft, name))
    for (const part of neededParts(pty)) {
      cpSync(join(pty, part), join(draft, 'node_modules', 'node-pty', part), {recursive: true})
    }
    renameSync(draft, folder)
  } catch (error) {
    // Half a copy would stay for ever: the next process makes one of its own.
    rmSync(draft, {recursive: true, force: true})
    // Another process may have installed the same build meanwhile.
    if (!isSystemError(error, 'ENOTEMPTY') && !isSystemError(error, 'EEXIST')) throw error
  }
  return installed
}

function neededParts(pty: string): string[] {
  const native = [join('build', 'Release'), join('prebuilds', `${process.platform}-${process.arch}`)]
  return ['package.json', 'lib', ...native.filter(part => existsSync(join(pty, part)))]
}
