import {openChanges} from '../dialogs/changes.ts'
import {openLand} from '../dialogs/land.ts'
import {openOrphans} from '../dialogs/orphans.ts'
import {openUndo} from '../dialogs/undo.ts'
import {isClaimable} from '../panels/issues.ts'
import {openDialog} from '../state/update.ts'
import type {CommandContext} from './binding.ts'
import {ANYWHERE, type Binding} from './binding.ts'
import {claim, claimedText, issuesMeant, notClaimable} from './claim.ts'

/** Commands that ask the daemon for work. What can destroy or publish something asks in a dialog first. */
export const WORK = [
  {
    command: 'queue.pop',
    keys: ['p'],
    help: 'claim the next ready issue and start an agent on it',
    short: 'pop',
    group: 'work',
    where: ANYWHERE,
    needs: 'daemon',
    writes: true,
    run: context => void claim(context, null),
  },
  {
    command: 'queue.pop-selected',
    keys: ['P'],
    help: 'claim or retry the issue, or all marked ones; asks for those',
    group: 'work',
    where: ['panel', 'detail'],
    needs: 'daemon',
    writes: true,
    disabled: notClaimable,
    run: context => claimMeant(context),
  },
  {
    command: 'queue.route',
    keys: ['r'],
    help: 'claim issues for all free agents',
    short: 'route',
    group: 'work',
    where: ANYWHERE,
    needs: 'daemon',
    writes: true,
    run: context => void route(context),
  },
  {
    command: 'train.land',
    keys: ['L'],
    help: 'land finished work now, or only what is marked; asks first',
    short: 'land',
    group: 'work',
    where: ANYWHERE,
    needs: 'daemon',
    writes: true,
    run: context => void openLand(context),
  },
  {
    command: 'train.pause',
    keys: ['H'],
    help: 'halt landing for every daemon until a person lifts it',
    group: 'work',
    where: ANYWHERE,
    needs: 'daemon',
    writes: true,
    run: context => void haltLanding(context),
  },
  {
    command: 'recovery.orphans',
    keys: ['X'],
    help: 'recover orphaned branches, worktrees, stashes and commits',
    short: 'recover',
    group: 'work',
    where: ANYWHERE,
    needs: 'daemon',
    run: context => void openOrphans(context),
  },
  {
    command: 'recovery.undo',
    keys: ['u'],
    help: 'take back the last archive, leave, reset or cleanup',
    group: 'work',
    where: [...ANYWHERE, 'recover'],
    needs: 'daemon',
    writes: true,
    run: context => void openUndo(context),
  },
  {
    command: 'sync.changes',
    keys: ['S'],
    help: 'see what people changed on GitHub; obey it or put it back',
    group: 'work',
    where: ANYWHERE,
    needs: 'daemon',
    run: context => void openChanges(context),
  },
] as const satisfies readonly Binding[]

/** Lets nothing land until a person lifts the halt; what an agent does goes on. */
async function haltLanding({operations}: CommandContext): Promise<void> {
  const halted = await operations.ask('halting landing', daemon => daemon.call('pauseLanding', {reason: ''}))
  if (halted) operations.notify({level: 'info', text: 'landing is halted, L lifts it'})
}

/** Claims the marked issues after a question that names their number, or the one in focus. */
function claimMeant(context: CommandContext): void {
  const {store} = context
  const meant = issuesMeant(store.getState())
  const issues = meant.filter(isClaimable).map(({number, title}) => ({number, title}))
  if (meant.length === 1) void claim(context, issues[0]?.number ?? null)
  else store.apply(openDialog({kind: 'claim', issues, left: meant.length - issues.length}))
}

async function route({operations}: CommandContext): Promise<void> {
  const routed = await operations.ask('claiming issues for free agents', daemon => daemon.call('route', {}))
  if (!routed) return
  const claimed = routed.claimed.map(claimedText)
  const refused = routed.refused.map(({ticket, reason}) => `#${ticket}: ${reason}`)
  operations.notify({
    level: claimed.length > 0 ? 'info' : 'warning',
    text: claimed.length > 0 ? claimed.join(' · ') : 'nothing was claimed',
    kept: refused.length > 0 ? `not claimed ${refused.join(', ')}` : undefined,
    next: claimed.length > 0 ? undefined : 'clambake peek says what holds each issue back',
  })
}
