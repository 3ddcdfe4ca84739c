import fc from 'fast-check'

/** One entry of a tree: a file, a link, or a pointer to another repository's commit. */
export type Entry = {mode: '100644' | '100755' | '120000' | '160000'; data: string}
export type Tree = ReadonlyMap<string, Entry>

/** One thing that somebody does on a branch. */
export type Change =
  | {kind: 'edit'; path: string; line: number; text: string}
  | {kind: 'rename'; path: string; to: string}
  | {kind: 'rename folder'; folder: string; to: string}
  | {kind: 'delete'; path: string}
  | {kind: 'add'; path: string; text: string}
  | {kind: 'mode'; path: string}
  | {kind: 'put'; path: string; entry: Entry}
  | {kind: 'file to folder'; path: string}

const TEXTS = ['a/one.txt', 'a/two.txt', 'a/sub/three.txt', 'b/four.txt', 'b/five.txt', 'root.txt']
const FOLDERS = ['a', 'a/sub', 'b']
const PLACES = ['a/new.txt', 'a/sub/new.txt', 'b/new.txt', 'c/new.txt', 'new.txt', 'c/one.txt', 'd/three.txt']

/** Every file has lines of its own, so that a rename is recognised and no file is taken for another one. */
export const BASE: Tree = new Map<string, Entry>([
  ...TEXTS.map((path): [string, Entry] => [path, {mode: '100644', data: linesOf(path)}]),
  ['link', {mode: '120000', data: 'root.txt'}],
  ['picture', {mode: '100644', data: `\0PNG${'\0\x01\x02'.repeat(40)}`}],
  ['module', {mode: '160000', data: '1'.repeat(40)}],
])

const text = fc.constantFrom(...TEXTS)
const word = fc.constantFrom('red', 'green', 'blue')
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      path: text,
      line: fc.constantFrom(2, 15, 28),
      text: word,
    }),
  },
  {weight: 2, arbitrary: fc.record({kind: fc.constant('rename' as const), path: text, to: fc.constantFrom(...PLACES)})},
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('rename folder' as const),
      folder: fc.constantFrom(...FOLDERS),
      to: fc.constantFrom('c', 'd/deep', 'b/inner'),
    }),
  },
  fc.record({kind: fc.constant('delete' as const), path: text}),
  {weight: 2, arbitrary: fc.record({kind: fc.constant('add' as const), path: fc.constantFrom(...PLACES), text: word})},
  fc.record({kind: fc.constant('mode' as const), path: text}),
  fc.record({
    kind: fc.constant('put' as const),
    path: fc.constant('link'),
    entry: fc.constantFrom('a/one.txt', 'b').map(data => ({mode: '120000' as const, data})),
  }),
  fc.record({
    kind: fc.constant('put' as const),
    path: fc.constant('picture'),
    entry: word.map(data => ({mode: '100644' as const, data: `\0PNG${data}\0`})),
  }),
  fc.record({
    kind: fc.constant('put' as const),
    path: fc.constant('module'),
    entry: fc.constantFrom('2', '3').map(digit => ({mode: '160000' as const, data: digit.repeat(40)})),
  }),
  fc.record({kind: fc.constant('file to folder' as const), path: text}),
)

/** What some people do, each on a branch of their own. */
export const branches = fc.array(fc.array(change, {minLength: 1, maxLength: 3}), {minLength: 4, maxLength: 4})

/** The tree after the changes; one that has nothing to change any more does nothing. */
export function applied(tree: Tree, changes: readonly Change[]): Tree {
  const now = new Map(tree)
  for (const change of changes) apply(now, change)
  return now
}

function apply(tree: Map<string, Entry>, change: Change): void {
  if (change.kind === 'rename folder') {
    for (const [path, entry] of [...tree].filter(([path]) => path.startsWith(`${change.folder}/`))) {
      tree.delete(path)
      put(tree, `${change.to}/${path.slice(change.folder.length + 1)}`, entry)
    }
    return
  }
  if (change.kind === 'put') return put(tree, change.path, change.entry)
  if (change.kind === 'add') return put(tree, change.path, {mode: '100644', data: linesOf(change.text)})
  const entry = tree.get(change.path)
  if (!entry) return
  switch (change.kind) {
    case 'edit': {
      const lines = entry.data.split('\n')
      lines[change.line] = change.text
      tree.set(change.path, {...entry, data: lines.join('\n')})
      return
    }
    case 'rename':
      tree.delete(change.path)
      put(tree, change.to, entry)
      return
    case 'delete':
      tree.delete(change.path)
      return
    case 'mode':
      tree.set(change.path, {...entry, mode: entry.mode === '100644' ? '100755' : '100644'})
      return
    case 'file to folder':
      tree.delete(change.path)
      put(tree, `${change.path}/inside.txt`, entry)
  }
}

/** Whatever is in the way goes: a path is a file or a folder, not both. */
function put(tree: Map<string, Entry>, path: string, entry: Entry): void {
  const isInTheWay = (other: string) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`)
  for (const other of [...tree.keys()].filter(isInTheWay)) tree.delete(other)
  tree.set(path, entry)
}

function linesOf(seed: string): string {
  return Array.from({length: 30}, (_, line) => `${seed} ${line} ${(line * 7919 + seed.length * 104_729) % 9973}`).join(
    '\n',
  )
}

/** What `git fast-import` reads to make these branches, each one commit on top of `from` (null: a first commit). */
export function importStream(trees: ReadonlyMap<string, Tree>, from: string | null): string {
  const parts: string[] = []
  for (const [branch, tree] of trees) {
    parts.push(`commit refs/heads/${branch}\ncommitter Test <test@example.test> 1700000000 +0000\n${data(branch)}`)
    if (from !== null) parts.push(`from ${from}\n`)
    parts.push('deleteall\n')
    for (const [path, {mode, data: content}] of tree) {
      parts.push(mode === '160000' ? `M 160000 ${content} ${path}\n` : `M ${mode} inline ${path}\n${data(content)}`)
    }
    parts.push('\n')
  }
  return parts.join('')
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`
}
