import {shellQuoted} from '../base/text.ts'

/**
 * The command line that runs `command` on another machine, in a terminal and in `directory` there. The remote shell
 * reads it anew, so every word is quoted: an issue's text must not become a command. Pure.
 */
export function sshRun(options: {
  host: string
  /** Further options of `ssh`. */
  args: readonly string[]
  directory: string
  /** Set there; no secrets, as both machines' lists of processes show them. */
  variables: Readonly<Record<string, string>>
  command: readonly string[]
}): [string, ...string[]] {
  const {args, host, directory, variables, command} = options
  const set = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
  const remote = `cd ${shellQuoted(directory)} && exec env ${[...set, ...command].map(shellQuoted).join(' ')}`
  return ['ssh', '-t', ...args, '--', host, remote]
}
