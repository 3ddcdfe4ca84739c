import {hasCode} from '../../base/errors.ts'
import type {Context} from '../context.ts'

/** Local refs of bundles that were built, by the time of the last build and the tip; never pushed. */
export const BUNDLE_REFS = 'refs/clambake/bundles/'
/** A bundle that was never given up is forgotten after this time: it can be built again at any time. */
const KEPT_MS = 14 * 24 * 60 * 60_000

const MAKING_MS = 10 * 60_000

/** Times that refs may be changed by others between a look at them and their own change. */
const TRIES = 5

/** Keeps what was built from being collected before it is pushed, and gives up what is too old or led only to it. */
export function keepBundle(context: Context, tip: string | null): Promise<void> {
  const now = context.clock.now()
  return changeKept(context, all => {
    const kept = all.filter(({isMaking}) => !isMaking)
    // Another process may be at its own; it is done within minutes.
    const made = all.filter(({isMaking, at, oid}) => isMaking && (oid === tip || now - at > MAKING_MS))
    const old = [...made, ...kept.filter(({oid, at}) => oid !== tip && now - at > KEPT_MS)]
    const isKept = tip === null || kept.some(({oid}) => oid === tip)
    return [...(isKept ? [] : [`create ${BUNDLE_REFS}${now}-${tip.slice(0, 12)} ${tip}`]), ...old.map(deletion)]
  })
}

/** Gives up what was kept for these tips. */
export function forgetBundles(context: Context, tips: readonly string[]): Promise<void> {
  return changeKept(context, kept => kept.filter(({oid}) => tips.includes(oid)).map(deletion))
}

/** `isMaking`: named while the bundle was built. */
type Kept = {ref: string; oid: string; at: number; isMaking: boolean}

async function listKept({runner}: Context): Promise<Kept[]> {
  const text = await runner.text(['for-each-ref', '--format=%(objectname) %(refname)', BUNDLE_REFS])
  return text
    .split('\n')
    .filter(Boolean)
    .map(line => {
      const [oid = '', ref = ''] = line.split(' ')
      const [at = '', word] = ref.slice(BUNDLE_REFS.length).split('-')
      return {ref, oid, at: Number(at) || 0, isMaking: word === 'making'}
    })
}

function deletion({ref, oid}: Kept): string {
  return `delete ${ref} ${oid}`
}

/** Changes refs as they are found. Each ticket of a bundle gives it up for itself, so others may be faster. */
async function changeKept(context: Context, changes: (kept: readonly Kept[]) => readonly string[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const lines = changes(await listKept(context))
    if (lines.length === 0) return
    try {
      await context.runner.git(['update-ref', '--stdin'], {input: `${lines.join('\n')}\n`})
      return
    } catch (error) {
      if (attempt === TRIES || !hasCode(error, 'git-failed', 'git-locked')) throw error
    }
  }
}
