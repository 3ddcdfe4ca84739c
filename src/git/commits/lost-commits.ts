import {HEAD_KEY} from '../bundle/message.ts'
import {CLAMBAKE} from '../command/author.ts'
import {type Context, presentCommits} from '../context.ts'

/** Of objects, packs or refs: what it has found counts nevertheless. */
const ANY_FAULT = Array.from({length: 16}, (_, bits) => bits)

/**
 * Lists commits that no ref reaches, neither here nor on the remote: lost work. It leaves out what is Clambake's own:
 * records, which are commits of the empty tree that are needed only while their claim or lease exists, and what pushed
 * work became in a bundle, which is the same again when it is built again.
 */
export async function lostCommits(context: Context): Promise<string[]> {
  const {runner} = context
  const report = await runner.git(['fsck', '--unreachable', '--no-reflogs', '--no-progress', '--connectivity-only'], {
    accept: ANY_FAULT,
  })
  const unreachable = report.stdout
    .split('\n')
    .flatMap(line => /^unreachable commit ([0-9a-f]+)$/.exec(line)?.slice(1) ?? [])
  if (unreachable.length === 0) return []
  const elsewhere = await presentCommits(context, await context.refs.tips('compare its refs'))
  const lines = [...unreachable, ...elsewhere.map(oid => `^${oid}`)]
  const format = `--format=%H%x00%T%x00%ae%x00%ce%x00%(trailers:key=${HEAD_KEY},valueonly,separator=%x2C)`
  const remaining = await runner.text(['rev-list', format, '--no-commit-header', '--stdin'], {input: lines.join('\n')})
  const emptyTree = await runner.text(['hash-object', '-t', 'tree', '--stdin'], {input: ''})
  const candidates = new Set(unreachable)
  return remaining
    .split('\n')
    .map(line => line.split('\0'))
    .filter(([oid]) => candidates.has(oid!))
    .filter(([, tree, author]) => !(tree === emptyTree && author === CLAMBAKE.email))
    .filter(([, , , committer, head]) => !(committer === CLAMBAKE.email && isCommitId(head)))
    .map(([oid]) => oid!)
}

function isCommitId(text = ''): boolean {
  return /^[0-9a-f]{40,64}$/.test(text)
}
