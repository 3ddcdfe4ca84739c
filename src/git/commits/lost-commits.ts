import {type Context, presentCommits} from '../context.ts'

/**
 * Lists commits that no ref reaches, neither here nor on the remote: lost work. It leaves out Clambake's own records:
 * commits of the empty tree that are needed only while their claim or lease exists.
 */
export async function lostCommits(context: Context): Promise<string[]> {
  const {runner} = context
  const report = await runner.git(['fsck', '--unreachable', '--no-reflogs', '--no-progress', '--connectivity-only'], {
    accept: [0, 1, 2, 3, 4, 5, 6, 7],
  })
  const unreachable = report.stdout
    .split('\n')
    .flatMap(line => /^unreachable commit ([0-9a-f]+)$/.exec(line)?.slice(1) ?? [])
  if (unreachable.length === 0) return []
  const elsewhere = await presentCommits(context, await context.refs.tips('compare its refs'))
  const lines = [...unreachable, ...elsewhere.map(oid => `^${oid}`)]
  const remaining = await runner.text(['rev-list', '--format=%H %T %ae', '--no-commit-header', '--stdin'], {
    input: lines.join('\n'),
  })
  const emptyTree = await runner.text(['hash-object', '-t', 'tree', '--stdin'], {input: ''})
  const candidates = new Set(unreachable)
  return remaining
    .split('\n')
    .map(line => line.split(' '))
    .filter(([oid, tree, author]) => candidates.has(oid!) && !(tree === emptyTree && author === 'clambake@localhost'))
    .map(([oid]) => oid!)
}
