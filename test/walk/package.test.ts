import {cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync} from 'node:fs'
import {dirname, join, resolve} from 'node:path'
import {expect, it} from 'vitest'
import {openRegistry} from '../../fixtures/npm/registry.ts'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {run} from '../../src/base/run.ts'
import type {PassReport} from '../../src/protocol/daemon.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const {version} = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {version: string}
/** The systems that agents' terminals come ready built for. */
const SYSTEMS = {
  'linux-x64': ['pty.node'],
  'linux-arm64': ['pty.node'],
  'darwin-x64': ['pty.node', 'spawn-helper'],
  'darwin-arm64': ['pty.node', 'spawn-helper'],
}

// A part of `npm run test:walk`, which sets this: npm builds, packs and installs for longer than the rest of a suite should wait.
it.runIf(process.env.CLAMBAKE_WALK === '1')(
  'makes a package that works where it is installed, without a build',
  {timeout: 400_000},
  async () => {
    await using folder = temporaryFolder('clambake-package-')
    const within = (name: string) => join(folder.path, name)
    for (const name of ['home', 'npm', 'tmp', 'packed']) mkdirSync(within(name))
    const env = sealedEnv(within('home'), {TMPDIR: within('tmp'), npm_config_cache: within('npm')})
    const node = dirname(process.execPath)

    // A clone after `npm ci`: its files, and its packages. The bundle names the packages by their way from the clone,
    // which is through this repository, as they are a link; what must not be in it is the place it was built in.
    const source = within('clone')
    const tracked = await run('git', {
      args: ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
      cwd: ROOT,
      env,
    })
    for (const path of tracked.stdout.split('\0').filter(Boolean)) cpSync(join(ROOT, path), join(source, path))
    symlinkSync(join(ROOT, 'node_modules'), join(source, 'node_modules'))
    const npm = (args: string[], cwd = folder.path, more: Record<string, string> = {}) =>
      run('npm', {args, cwd, env: {...env, ...more}, timeoutMs: 120_000})
    await npm(['pack', '--pack-destination', within('packed')], source)
    const [tarball] = readdirSync(within('packed'))
    expect(tarball).toBe(`clambake-${version}.tgz`)

    await using registry = await openRegistry({
      modules: join(ROOT, 'node_modules'),
      packages: ['node-pty', 'node-addon-api'],
      folder: within('packed'),
      env,
    })
    const registered = {npm_config_registry: registry.url}
    const prefix = within('prefix')
    const packed = join(within('packed'), tarball!)
    await npm(['install', '--global', '--prefix', prefix, packed], folder.path, registered)
    const installed = join(prefix, 'lib/node_modules/clambake')
    expect(
      readdirSync(join(installed, 'node_modules'))
        .filter(name => !name.startsWith('.'))
        .toSorted(),
    ).toEqual(['node-addon-api', 'node-pty'])
    for (const file of readdirSync(join(installed, 'dist'))) {
      const text = readFileSync(join(installed, 'dist', file), 'utf8')
      expect(text.includes(`${source}/`), file).toBe(false)
    }
    const terms = readFileSync(join(installed, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8')
    for (const name of ['ink', '@octokit/rest', 'zod', 'kysely', 'yoga-layout', '@octokit/graphql-schema']) {
      expect(terms).toMatch(new RegExp(`^${name} \\d[^\\n]*\\((MIT|ISC|Apache-2\\.0)\\)$`, 'm'))
    }
    expect(terms.match(/Permission is hereby granted/g)!.length).toBeGreaterThan(30)
    for (const [system, files] of Object.entries(SYSTEMS)) {
      for (const file of files) {
        const built = statSync(join(installed, 'node_modules/node-pty/prebuilds', system, file))
        if (file === 'spawn-helper') expect(built.mode & 0o111, `${system}/${file}`).toBe(0o111)
      }
    }

    expect(readFileSync(join(prefix, 'share/man/man1/clambake.1'), 'utf8')).toContain(`"clambake ${version}"`)

    const PATH = `${join(prefix, 'bin')}:${node}:${env.PATH}`
    const clambake = (...args: string[]) =>
      run('clambake', {args, cwd: folder.path, env: {...env, PATH}, accept: [0, 1], timeoutMs: 240_000})
    expect(await clambake('--version')).toMatchObject({exitCode: 0, stdout: version, stderr: ''})
    const doctor = await clambake('doctor')
    expect(doctor.stdout).toMatch(/^✓ node +\d+\.\d+/m)
    expect(doctor.stdout).toMatch(/^✗ repository /m)
    expect(doctor).toMatchObject({exitCode: 1, stderr: ''})
    const demo = await clambake('demo', '--once', '--json')
    expect(JSON.parse(demo.stdout) as PassReport).toMatchObject({merged: [1, 2, 3, 4, 5, 6, 8, 9], lost: []})
    expect(demo).toMatchObject({exitCode: 0, stderr: ''})

    const once = await run('npx', {
      args: [`./${tarball}`, '--help'],
      cwd: within('packed'),
      env: {...env, ...registered, PATH: `${node}:${env.PATH}`},
      timeoutMs: 120_000,
    })
    expect(once.stdout).toContain('Usage: clambake')
  },
)
