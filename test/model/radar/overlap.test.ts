import {expect, it} from 'vitest'
import {footprintOf, mayConflict, type PathChange} from '../../../src/model/radar/overlap.ts'

const edit = (path: string): PathChange => ({path, from: null})
const move = (from: string, path: string): PathChange => ({path, from})

it.each<[what: string, one: PathChange[], other: PathChange[], may: boolean]>([
  ['the same path', [edit('a.ts')], [edit('a.ts')], true],
  ['other paths of one folder', [edit('src/a.ts')], [edit('src/b.ts')], false],
  ['a path that the other renamed', [edit('a.ts')], [move('a.ts', 'b.ts')], true],
  ['a path that the other renamed something to', [edit('b.ts')], [move('a.ts', 'b.ts')], true],
  ['a file where the other has a folder', [edit('src/a')], [edit('src/a/b.ts')], true],
  ['a new file in a folder that moved', [edit('src/a/new.ts')], [move('src/a/b.ts', 'src/c/b.ts')], true],
  ['a new file deep in a folder that moved', [edit('src/a/x/new.ts')], [move('src/a/b.ts', 'src/c/b.ts')], true],
  ['a new file beside a folder that moved', [edit('src/new.ts')], [move('src/a/b.ts', 'src/c/b.ts')], false],
  ['a new file under the folder above, moved as a whole', [edit('src/x.ts')], [move('src/a/b.ts', 'lib/a/b.ts')], true],
  ['a file renamed within its folder', [edit('src/new.ts')], [move('src/a.ts', 'src/b.ts')], false],
  ['anything, when the whole repository moved into a folder', [edit('new.ts')], [move('a.ts', 'app/a.ts')], true],
])('%s may conflict or not, whoever comes first', (_, one, other, may) => {
  expect(mayConflict(footprintOf(one), footprintOf(other))).toBe(may)
  expect(mayConflict(footprintOf(other), footprintOf(one))).toBe(may)
})
