import {existsSync, mkdirSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {run} from '../../src/base/run.ts'
import {makeFetchFolder, removeDeadFetches} from '../../src/git/command/fetch-folder.ts'

it('leaves nothing of a folder for a fetch that a full disk does not take', async () => {
  using folder = temporaryFolder()
  const full = async () => Promise.reject(Object.assign(new Error('ENOSPC'), {code: 'ENOSPC', syscall: 'write'}))
  const message = `The disk is full: no folder for a fetch can be made in ${folder.path}`
  await expect(makeFetchFolder(folder.path, full)).rejects.toMatchObject({code: 'disk-full', message})
  expect(readdirSync(folder.path)).toEqual([])
})

it('removes the folders of fetches that were killed, and no other', async () => {
  using folder = temporaryFolder()
  const own = await makeFetchFolder(folder.path)
  const {stdout: dead} = await run('sh', {args: ['-c', 'echo $$'], env: {PATH: process.env.PATH}})
  const killed = join(folder.path, `fetch-${dead}-AbCdEf`)
  mkdirSync(join(killed, 'reftable'), {recursive: true})
  mkdirSync(join(folder.path, 'info'))
  removeDeadFetches(folder.path)
  expect([existsSync(own), existsSync(killed), existsSync(join(folder.path, 'info'))]).toEqual([true, false, true])
})
