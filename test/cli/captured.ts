import {vi} from 'vitest'

/** Runs a whole command line in this process, up to where it would end it; gives what it printed and its exit code. */
export async function captured(commandLine: () => Promise<void>) {
  const said = {stdout: '', stderr: ''}
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation(text => {
      said[name] += text
      return true
    })
  }
  vi.spyOn(process, 'exit').mockImplementation((() => {}) as never)
  await commandLine()
  const exitCode = process.exitCode ?? 0
  vi.restoreAllMocks()
  process.exitCode = undefined
  return {exitCode, ...said}
}
