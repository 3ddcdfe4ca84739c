import {shellQuoted} from '../../base/text.ts'

/**
 * The command line that runs `command` on another machine, in a terminal and in `directory` there. The remote shell
 * parses it once more, so every word is quoted: an issue's text must not become a command. Pure.
 */
export function sshRun(options: {
  host: string
  /** Further options of `ssh`. */
  args: readonly string[]
  directory: string
  /** Variables to set there; no secrets, since the process lists of both machines show them. */
  variables: Readonly<Record<string, string>>
  command: readonly string[]
}): [string, ...string[]] {
  const {args, host, directory, variables, command} = options
  const set = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
  const remote = `cd ${shellQuoted(directory)} && exec env ${[...set, ...command].map(shellQuoted).join(' ')}`
  return ['ssh', '-t', ...args, '--', host, remote]
}
