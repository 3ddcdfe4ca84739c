import {shellWord} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import type {Orphan} from '../../model/data/recovery/orphan.ts'
import type {RescueRow, Restored} from '../../protocol/daemon.ts'
import {age, columns} from './text.ts'

/** Restored files that are named; of more, the number is told. */
const MOST_FILES = 20

/** The orphans as a table, with what is proposed for each. */
export function orphanTable(orphans: readonly Orphan[], {at, all}: {at: number; all: boolean}): string {
  const more = all ? '' : '\nclambake recover --scan-all lists also what you left, every branch, and lost commits'
  if (orphans.length === 0) return `No orphans: every branch, worktree and claim has an owner.${more}`
  const table = columns(
    [
      {title: 'KIND'},
      {title: 'NAME', max: 60},
      {title: 'ISSUE', align: 'right'},
      {title: 'COMMITS', align: 'right'},
      {title: 'LINES', align: 'right'},
      {title: 'TESTS', align: 'right'},
      {title: 'DIRTY', align: 'right'},
      {title: 'AGE', align: 'right'},
      {title: 'PROPOSED'},
      {title: 'WHY', max: 70},
    ],
    orphans.map(orphan => [
      orphan.kind,
      orphan.name,
      orphan.issue === null ? '' : `#${orphan.issue}`,
      String(orphan.commits),
      String(orphan.lines),
      String(orphan.tests),
      String(orphan.dirty),
      orphan.lastActivity === null ? '' : age(at - orphan.lastActivity),
      orphan.proposal,
      orphan.why,
    ]),
  )
  const by = Map.groupBy(orphans, ({proposal}) => proposal)
  const counts = [...by].map(([proposal, some]) => `${some.length} ${proposal}`).join(', ')
  return `${table}\n\n${count(orphans.length, 'orphan')}: ${counts}
clambake recover NAME does what is proposed; what is archived goes into a rescue ref first, and clambake undo takes it back${more}`
}

/** The rescues of this clone as a table. */
export function rescueTable(rescues: readonly RescueRow[], at: number): string {
  if (rescues.length === 0) return 'No rescues: nothing was saved in this clone.'
  const table = columns(
    [
      {title: 'REF', max: 80},
      {title: 'AGE', align: 'right'},
      {title: 'FILES', align: 'right'},
      {title: 'WHERE'},
      {title: 'WHAT', max: 70},
    ],
    rescues.map(({ref, at: time, files, isShared, what}) => [
      ref,
      age(at - time),
      String(files),
      isShared ? 'here and remote' : 'here',
      what,
    ]),
  )
  return `${table}\n\n${count(rescues.length, 'rescue')}; clambake recover --restore REF [PATH…] writes its files and overwrites none`
}

/** Says which files of a rescue were written, and which were not and why. */
export function restoredText({ref, into, files}: {ref: string; into: string; files: readonly Restored[]}): string {
  const of = (what: Restored['what']) => files.filter(file => file.what === what)
  const named = [...of('refused'), ...of('beside')]
    .slice(0, MOST_FILES)
    .map(({path, to, what, why}) =>
      what === 'refused' ? `✗ ${path}: ${why}` : `○ ${path} is there with other content; restored as ${to}`,
    )
  const counts = [
    `${of('written').length} written`,
    ...(of('same').length > 0 ? [`${of('same').length} there already`] : []),
    ...(of('beside').length > 0 ? [`${of('beside').length} written beside`] : []),
    ...(of('refused').length > 0 ? [`${of('refused').length} refused`] : []),
  ]
  return [...named, `${counts.join(', ')}, in ${into}`, `the rescue stays: git show ${shellWord(ref)}`].join('\n')
}
