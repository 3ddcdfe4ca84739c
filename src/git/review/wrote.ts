import type {Context} from '../context.ts'

/**
 * The commits between `base` and `commit` that wrote lines of files, for each place once; none where the lines are older
 * or are not there.
 */
export async function whoWrote(
  {runner}: Context,
  {base, commit}: {base: string; commit: string},
  places: readonly {path: string; from: number; to: number}[],
): Promise<(readonly string[])[]> {
  const found: (readonly string[])[] = []
  for (const {path, from, to} of places) {
    const answer = await runner.git(
      ['blame', '--no-textconv', '-s', '-l', '-L', `${from},${to}`, `${base}..${commit}`, '--', path],
      {accept: [0, 128]},
    )
    // Lines that are older than the range have a mark before a shorter name.
    const ids = answer.stdout.split('\n').flatMap(line => /^[0-9a-f]{40}(?= )/.exec(line) ?? [])
    found.push(answer.exitCode === 0 ? [...new Set(ids)] : [])
  }
  return found
}
