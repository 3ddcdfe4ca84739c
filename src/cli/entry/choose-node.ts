/** The oldest Node that runs the program; `engines` of package.json says the same. */
export const OLDEST_NODE = '22.15'

/** Which Node is to run the program: this process, another program, or none that is there. */
export type Choice = {run: 'here'} | {run: 'other'; program: string} | {run: 'none'; lines: readonly [string, string]}

type Machine = {
  /** Version of the Node that runs now, and its file. */
  version: string
  program: string
  /** The Node among the program's own packages; null: it is not there, as in an installed package. */
  own: string | null
}

/** Chooses the machine's Node where it is new enough, else the program's own, else says how to get one. */
export function chooseNode({version, program, own}: Machine): Choice {
  if (!isOlder(version, OLDEST_NODE)) return {run: 'here'}
  // The program's own Node would start itself for ever if it were too old as well.
  if (own !== null && own !== program) return {run: 'other', program: own}
  return {
    run: 'none',
    lines: [
      `clambake needs Node ${OLDEST_NODE} or newer; ${program} is ${version}`,
      'get it from https://nodejs.org, or by `nvm install 24` or `brew install node`; in a clone of Clambake, run npm ci',
    ],
  }
}

/** Whether a version of numbers and dots is older than another; missing parts count as 0. */
export function isOlder(version: string, than: string): boolean {
  const own = version.split('.').map(Number)
  const other = than.split('.').map(Number)
  for (let at = 0; at < Math.max(own.length, other.length); at++) {
    const difference = (own[at] || 0) - (other[at] || 0)
    if (difference !== 0) return difference < 0
  }
  return false
}
