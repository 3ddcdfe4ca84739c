import {nameOf} from './names.ts'
import type {Invocation} from './shell.ts'

/** Programs that only read or print what they are given; with an argument that this finds they may write. */
const READERS: Readonly<Record<string, RegExp | null>> = {
  ...Object.fromEntries(
    `cat ls head tail less more grep egrep fgrep rg ag wc diff cmp stat file du df tree echo printf pwd cd pushd popd test [ [[
    true false : uniq cut tr jq basename dirname realpath readlink which type md5sum sha256sum cksum nl od xxd hexdump strings
    column seq sleep date export set unset local declare read source . vitest jest mocha pytest tsc rspec ctest man help
    open code return exit wait kill time gh glab clambake claude bat fd column`
      .split(/\s+/)
      .map(name => [name, null]),
  ),
  find: /^-(?:delete|exec|execdir|ok|okdir|fprint.*)$/,
  sort: /^(?:-o|--output)/,
  awk: /^(?:-i|--in-?place)/,
  sed: /^(?:-[a-zA-Z]*i|--in-place)/,
  eslint: /^--fix/,
  prettier: /^(?:-w|--write)$/,
  biome: /^(?:--write|--fix|--apply.*)$/,
  yq: /^(?:-i|--inplace)/,
}
/** What git does that leaves files as they are. */
const GIT_READS = new Set(
  `add annotate archive bisect blame branch bundle cat-file check-ignore clone commit config describe diff difftool fetch for-each-ref
  fsck gc grep help init log ls-files ls-remote ls-tree merge-base name-rev notes push reflog remote rev-list rev-parse
  shortlog show show-branch show-ref status tag var version whatchanged`.split(/\s+/),
)

/** Whether a command changes none of the files that it is given. */
export function isReader({program, args}: Invocation): boolean {
  const name = nameOf(program)
  if (name === 'git') {
    const sub = args.find(({value}, at) => !value.startsWith('-') && !/^-[Cc]$/.test(args[at - 1]?.value ?? ''))
    return sub === undefined || GIT_READS.has(sub.value)
  }
  if (!Object.hasOwn(READERS, name)) return false
  const writing = READERS[name]
  return !writing || !args.some(({value}) => writing.test(value))
}

/** Whether a program only reads, whatever it is given. */
export function onlyReads(name: string): boolean {
  return Object.hasOwn(READERS, name) && READERS[name] === null
}
