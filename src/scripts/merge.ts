import {basename} from 'node:path'
import type {Metafile, OutputFile} from 'esbuild'
import {type Plugin, rolldown} from 'rolldown'

/** What finding, reading and linking a file costs at a start, as bytes of code that is loaded in vain. */
const FILE_COST = 6000
/** Prefix of the id of a file that is in memory only. */
const MEMORY = '\0built:'

/** Files that become one. `starts`: of each start, 1 when it loads it; `loads`: all groups that it needs, itself too. */
type Group = {files: string[]; bytes: number; imports: Set<Group>; starts: Uint8Array; loads: Set<Group>}

/**
 * Merges files of a split build that are loaded together. esbuild splits by every entry, dynamic imports included, which
 * makes hundreds of files: a command loaded 66 of them, and half a millisecond went into finding, reading and linking
 * each.
 *
 * A start may load a little more than it needs where that costs less than another file: modules must do nothing when they
 * are loaded, but for those that are started as programs. `test/e2e/loading.test.ts` loads them all.
 */
export async function merge(
  files: readonly OutputFile[],
  options: {
    metafile: Metafile
    /** What processes load until they work: sources of modules that are entries or imported dynamically. */
    starts: readonly (readonly string[])[]
    /** What those load that are not named: each other such module with these. */
    rest: readonly string[]
    /** The line with which files begin that ask for `require`, and which takes longer than most of them; others lose it. */
    banner: string
  },
): Promise<{name: string; text: string}[]> {
  const texts = new Map(
    files.map(({path, text}) => {
      const bare = text.replace(options.banner, '')
      return [basename(path), /\brequire\b/.test(bare) ? text : bare]
    }),
  )
  const outputs = Object.entries(options.metafile.outputs).map(([path, output]) => ({...output, name: basename(path)}))
  const entries = outputs.map(({name}) => name).filter(name => !name.startsWith('chunk-'))
  const fileOf = (source: string) => {
    const file = outputs.find(({entryPoint}) => entryPoint === source)
    if (!file) throw new Error(`no file of the build starts with ${source}`)
    return file.name
  }
  const kept = new Set(entries)
  const named = new Set(options.starts.flat())
  const rest = outputs.flatMap(({name, entryPoint}) =>
    entryPoint && !named.has(entryPoint) && !kept.has(name) ? [entryPoint] : [],
  )
  const starts = [...options.starts, ...rest.map(source => [...options.rest, source])].map(sources =>
    sources.map(fileOf),
  )
  const groups = mergedGroups(options.metafile, starts)
  const groupOf = new Map(groups.flatMap(({files}) => files.map(file => [file, files[0]!] as const)))

  const build = await rolldown({
    // Programs keep the names by which they are started.
    input: Object.fromEntries(entries.map(name => [basename(name, '.js'), MEMORY + name])),
    platform: 'node',
    treeshake: false,
    preserveEntrySignatures: 'allow-extension',
    external: id => !id.startsWith('./chunk-') && !id.startsWith(MEMORY),
    plugins: [fromMemory(texts)],
  })
  const {output} = await build.generate({
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunk-[hash].js',
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        {
          debugName: 'loaded together',
          name(id) {
            const name = id.slice(MEMORY.length)
            return kept.has(name) ? null : (groupOf.get(name) ?? null)
          },
        },
      ],
    },
  })
  await build.close()
  return output.map(file => {
    if (file.type !== 'chunk') throw new Error(`not a file of code: ${file.fileName}`)
    return {name: file.fileName, text: file.code}
  })
}

/** Merges two groups at a time, the pair that saves most first, as long as that makes the starts cheaper. */
function mergedGroups({outputs}: Metafile, starts: readonly (readonly string[])[]): Group[] {
  const byFile = new Map<string, Group>()
  for (const [path, {bytes}] of Object.entries(outputs)) {
    const file = basename(path)
    byFile.set(file, {
      files: [file],
      bytes,
      imports: new Set(),
      starts: new Uint8Array(starts.length),
      loads: new Set(),
    })
  }
  for (const [path, {imports}] of Object.entries(outputs)) {
    for (const {kind, external, path: imported} of imports) {
      if (kind === 'import-statement' && !external)
        byFile.get(basename(path))!.imports.add(byFile.get(basename(imported))!)
    }
  }
  let groups = [...byFile.values()]
  for (;;) {
    measure(groups, starts)
    let best: {saved: number; pair: [Group, Group]} | undefined
    const used = groups.filter(({files: [file], starts}) => starts.includes(1) && file!.startsWith('chunk-'))
    for (const [at, one] of used.entries()) {
      for (const other of used.slice(at + 1)) {
        const saved = savedBy(one, other)
        if (saved > (best?.saved ?? 0) && !makesCircle(one, other)) best = {saved, pair: [one, other]}
      }
    }
    if (!best) return groups
    const [one, other] = best.pair
    groups = groups.filter(group => group !== other)
    one.files.push(...other.files)
    one.bytes += other.bytes
    for (const group of other.imports) one.imports.add(group)
    for (const group of groups) if (group.imports.delete(other)) group.imports.add(one)
    one.imports.delete(one)
  }
}

/** Finds out what each group loads and which starts load it. */
function measure(groups: readonly Group[], starts: readonly (readonly string[])[]): void {
  for (const group of groups) {
    group.starts.fill(0)
    group.loads = new Set([group])
    // A set gives what is added while it is walked, too.
    for (const each of group.loads) for (const next of each.imports) group.loads.add(next)
  }
  for (const [at, files] of starts.entries()) {
    for (const {loads} of groups.filter(group => group.files.some(file => files.includes(file)))) {
      for (const group of loads) group.starts[at] = 1
    }
  }
}

/** How much cheaper all starts become, in bytes. Who loads one of the two will load both, and what they need. */
function savedBy(one: Group, other: Group): number {
  const either = one.starts.map((loads, start) => loads | other.starts[start]!)
  let saved = FILE_COST * one.starts.reduce((both, loads, start) => both + (loads & other.starts[start]!), 0)
  if (saved === 0) return 0
  for (const group of new Set([...one.loads, ...other.loads])) {
    const cost = group.bytes + (group === one || group === other ? 0 : FILE_COST)
    for (let start = 0; start < either.length; start++) if (either[start]! > group.starts[start]!) saved -= cost
    if (saved <= 0) return 0
  }
  return saved
}

/** Whether a file between the two would import them and be imported by them. */
function makesCircle(one: Group, other: Group): boolean {
  const between = [...one.imports, ...other.imports].filter(group => group !== one && group !== other)
  return between.some(({loads}) => loads.has(one) || loads.has(other))
}

function fromMemory(texts: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'from memory',
    resolveId(id) {
      const name = basename(id.startsWith(MEMORY) ? id.slice(MEMORY.length) : id)
      return texts.has(name) ? MEMORY + name : null
    },
    load: id => texts.get(id.slice(MEMORY.length)) ?? null,
  }
}
