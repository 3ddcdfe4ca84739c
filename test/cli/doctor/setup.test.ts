import {rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {sealedEnv} from '../../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../../fixtures/repos/folder.ts'
import {createSampleRepository} from '../../../fixtures/repos/sample.ts'
import {openContext} from '../../../src/cli/context.ts'
import type {Finding} from '../../../src/cli/doctor/finding.ts'
import {runDoctor} from '../../../src/cli/doctor/run.ts'
import {createProgram} from '../../../src/cli/run.ts'
import {doctorChecks, firstStartChecks} from '../../../src/cli/screen/first-start.ts'

/** A clone without a remote, whose agents' program is or is not there. */
async function clone() {
  const folder = temporaryFolder('clambake-setup-')
  const env = sealedEnv(folder.path)
  const {dir} = await createSampleRepository({dir: `${folder.path}/clone`, home: folder.path, files: {'a.txt': 'a'}})
  const context = openContext({json: false, cwd: dir, env, createProgram})
  return {
    context,
    file: join(dir, 'clambake.toml'),
    /** What doctor says of these checks. */
    async doctor(...names: string[]): Promise<Finding[]> {
      return (await runDoctor(context)).filter(({name}) => names.includes(name))
    },
    async [Symbol.asyncDispose]() {
      await context[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const inPanel = ({detail, mend}: Finding) => ({name: detail, ok: false, hint: mend})

describe('the panel of a first start and doctor', () => {
  it('say the same of a missing configuration, a missing program and a missing remote', async () => {
    await using here = await clone()
    const findings = await here.doctor('configuration', 'agent')
    expect(findings.map(({detail}) => detail)).toEqual([
      'no clambake.toml: all settings have their defaults',
      'claude is not in PATH',
    ])
    expect(await firstStartChecks(here.context)).toEqual(findings.map(inPanel))
    expect(await firstStartChecks(here.context), 'later starts').toEqual([])

    const all = await doctorChecks(here.context)
    const [remote] = await here.doctor('remote')
    expect(remote).toMatchObject({state: 'bad', mend: expect.stringContaining('git remote add origin')})
    for (const finding of [...findings, remote!]) expect(all).toContainEqual(inPanel(finding))
    const bad = (await runDoctor(here.context)).filter(({state}) => state === 'bad')
    expect(all.slice(0, bad.length), 'what is wrong comes first').toEqual(bad.map(inPanel))
  })

  it('say the same of a wrong name of a profile, with its line and what could stand there', async () => {
    await using here = await clone()
    writeFileSync(here.file, '[agents]\nprofile = "codx"\n[profiles.codex]\ncommand = ["codex"]\n')
    const [wrong] = await here.doctor('configuration')
    expect(wrong).toMatchObject({
      state: 'bad',
      detail: `${here.file} line 2: agents.profile must be claude or codex, found "codx"`,
    })
    expect(await firstStartChecks(here.context)).toEqual([inPanel(wrong!)])
    expect(await doctorChecks(here.context)).toContainEqual(inPanel(wrong!))

    rmSync(here.file)
    writeFileSync(here.file, '[agents]\nprofile = "codex"\n[profiles.codex]\ncommand = ["codex"]\n')
    const [missing] = await here.doctor('agent')
    expect(missing?.detail).toBe('profile codex: codex is not in PATH')
    expect(await doctorChecks(here.context)).toContainEqual(inPanel(missing!))
  })

  it('say the same outside of a clone', async () => {
    await using folder = temporaryFolder()
    const context = openContext({json: false, cwd: folder.path, env: sealedEnv(folder.path), createProgram})
    await using _context = context
    const found = await runDoctor(context)
    const [finding] = found.filter(({name}) => name === 'repository')
    // Sessions there use the hub, and its errors name doctor.
    expect(found.filter(({name}) => name === 'hub')).toMatchObject([{state: 'good'}])
    // The screen does not open there, and its error has the same words.
    await expect(firstStartChecks(context)).rejects.toMatchObject({message: finding!.detail, next: finding!.mend})
    expect(await doctorChecks(context)).toContainEqual(inPanel(finding!))
  })
})
