import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {sealedEnv} from '../../../fixtures/repos/env.ts'
import {type TemporaryFolder, temporaryFolder} from '../../../fixtures/repos/folder.ts'
import {openContext} from '../../../src/cli/context.ts'
import {createProgram} from '../../../src/cli/run.ts'
import {fleetOf, requireFleet, shortNames, showFleet} from '../../../src/cli/screen/show-fleet.ts'

let home: TemporaryFolder
beforeEach(() => {
  home = temporaryFolder()
})
afterEach(() => home[Symbol.dispose]())

const contextIn = (cwd: string) => openContext({json: false, cwd, env: sealedEnv(home.path), createProgram})

describe('the fleet of a person', () => {
  it('is read from their taste, with their home for ~', () => {
    const folder = join(home.path, '.config', 'clambake')
    mkdirSync(folder, {recursive: true})
    writeFileSync(join(folder, 'taste.json'), '{"fleet": ["~/shop", "/srv/~/api"]}')
    expect(requireFleet({HOME: home.path})).toEqual([join(home.path, 'shop'), '/srv/~/api'])
  })

  it('is asked for when there is none', () => {
    const env = {HOME: home.path}
    expect(fleetOf(env).folders).toEqual([])
    expect(() => requireFleet(env)).toThrow(expect.objectContaining({code: 'no-fleet', exitCode: 2}))
    expect(() => requireFleet(env)).toThrow(join(home.path, '.config/clambake/taste.json'))
  })
})

it('refuses folders of which none is a repository', async () => {
  const folders = ['a', 'b'].map(name => join(home.path, name))
  for (const folder of folders) mkdirSync(folder)
  await using first = contextIn(folders[0]!)
  await using second = contextIn(folders[1]!)
  await expect(showFleet([first, second], {readOnly: false})).rejects.toMatchObject({code: 'not-a-repository'})
})

it.each([
  [
    ['/work/shop', '/work/api'],
    ['shop', 'api'],
  ],
  [
    ['/ada/shop', '/bob/shop', '/ada/api'],
    ['ada/shop', 'bob/shop', 'api'],
  ],
  [['/'], ['/']],
])('names %j by what tells them apart', (paths, names) => {
  expect(shortNames(paths)).toEqual(names)
})

it('finds a repository that was made after it was looked for', async () => {
  await using context = contextIn(home.path)
  await expect(context.place()).rejects.toMatchObject({code: 'not-a-repository'})
  mkdirSync(join(home.path, '.git', 'objects'), {recursive: true})
  mkdirSync(join(home.path, '.git', 'refs'))
  writeFileSync(join(home.path, '.git', 'HEAD'), 'ref: refs/heads/main\n')
  writeFileSync(join(home.path, '.git', 'config'), '')
  expect(await context.place()).toMatchObject({root: home.path})
})
