import type {GitRunner} from '../command/run-git.ts'

/** The refs below a prefix, or the one of that name, that name nothing, as a loss of power leaves them. */
export async function brokenRefs(runner: GitRunner, prefix: string): Promise<string[]> {
  // Git lists them only as warnings, and not where it is told to pass over them.
  const listed = await runner.git(['for-each-ref', '--format=%(refname)', prefix], {env: {GIT_REF_PARANOIA: '1'}})
  return [...listed.stderr.matchAll(/ignoring broken ref (\S+)/g)].map(([, ref]) => ref!)
}
