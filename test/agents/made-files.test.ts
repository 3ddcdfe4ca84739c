import {expect, it} from 'vitest'
import type {Job} from '../../src/agents/jobs/jobs.ts'
import {madeFilesOf} from '../../src/agents/jobs/made-files.ts'
import {refusal} from '../git/setup.ts'
import {aConfig} from '../model/builders.ts'

const config = aConfig({
  agents: {setup_timeout: 3},
  landing: {regenerate: [{paths: ['package-lock.json', '/gen/'], command: 'npm run lock'}]},
})

it('makes the files that landing.regenerate names, as .gitignore names paths', async () => {
  const ran: Job[] = []
  const run = async (job: Job) => {
    ran.push(job)
    return 'passed' as const
  }
  const [made] = madeFilesOf({config, jobs: {run}})
  const paths = ['package-lock.json', 'web/package-lock.json', 'gen/a.ts', 'src/gen/a.ts', 'package.json']
  expect(paths.filter(path => made!.isMade(path))).toEqual(paths.slice(0, 3))
  await made!.make('/w/.making-1')
  expect(ran).toMatchObject([
    {kind: 'regenerate', worktree: '/w/.making-1', commands: ['npm run lock'], timeoutMinutes: 3},
  ])
})

it('says why files could not be made, and tells a command that was ended from one that failed', async () => {
  const failure = {command: 'npm run lock', exit: 'code 3', output: 'one\ntwo'}
  const [failing] = madeFilesOf({config, jobs: {run: async () => failure}})
  const error = await refusal(failing!.make('/w'))
  expect(error).toMatchObject({code: 'regenerate-failed', message: expect.stringContaining('one two')})
  const [ended] = madeFilesOf({config, jobs: {run: async () => 'ended' as const}})
  expect((await refusal(ended!.make('/w'))).code).toBe('run-interrupted')
})
