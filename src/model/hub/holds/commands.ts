import type {Place} from './call.ts'
import {MIGRATION_TOOLS} from './coarse.ts'
import {isComposeFile, isMigrationFile} from './files.ts'
import {nameOf, wordsOf} from './names.ts'
import {holdsGlob, holdsPath, holdsWithin, resolved} from './paths.ts'
import {isRunner, targetsOf} from './programs.ts'
import {pushes} from './push.ts'
import {isReader, onlyReads} from './readers.ts'
import type {Resource} from './resource.ts'
import type {Argument, Invocation, Line} from './shell.ts'

/** Programs whose words are talk: a message about a thing does nothing to it. */
const TALKERS = new Set(
  'clambake gh glab echo printf git hub grep egrep fgrep rg ag cat ls head tail less man which type find'.split(' '),
)
/** Programs that do nothing but migrate. */
const ONLY_MIGRATE =
  /^(?:flyway|liquibase|goose|dbmate|alembic|drizzle-kit|sqitch|pgroll|graphile-migrate|node-pg-migrate|aerich|atlas|migrate)$/
const MIGRATION_WORD = /^(?:make|sql|show)?migrat(?:e|es|ed|ion|ions|or|ing)$/
/** What the programs that do other things too call it. */
const DATABASE_WORD = /^(?:db:[\w:]+|schema:[\w:]+|makemigrations|upgrade|downgrade|rollback|seed)$/

/** Whether a command that runs somewhere holds the resource; `places`: where it may be. */
export function commandHolds(resource: Resource, invocation: Invocation, places: readonly Place[]): boolean {
  const name = nameOf(invocation.program)
  if (name === 'clambake') return false
  switch (resource.kind) {
    case 'docker':
      return runs(invocation, ['docker', 'dockerd']) || usesSocket(invocation)
    case 'compose':
      return composes(invocation) || touches(invocation, path => isComposeFile(path))
    case 'migration':
      return (
        migrates(invocation) ||
        touches(invocation, path => places.some(at => isMigrationFile(resolved(path, at.directory))))
      )
    case 'push':
      return pushes(resource.branch, invocation)
    case 'path':
      return touchesPath(resource.pattern, invocation, places)
    case 'word':
      return namesWord(resource.word, invocation)
  }
}

/** Folders that a line works in: where it starts, and where it goes. */
export function placesOf(line: Line, place: Place): Place[] {
  const found = new Set([place.directory])
  for (const {program, args} of line) {
    const name = nameOf(program)
    const goes = name === 'cd' || name === 'pushd' ? args : []
    const changed = args.flatMap(({value}, at) =>
      /^(?:-C|--cwd|--prefix|--directory)$/.test(value) ? args.slice(at + 1, at + 2) : [],
    )
    for (const {value, isOpen} of [...goes, ...changed]) {
      if (!isOpen && !value.startsWith('-')) for (const from of [...found]) found.add(resolved(value, from))
    }
  }
  return [...found].slice(0, 16).map(directory => ({...place, directory}))
}

/** Whether a program, or what it is told to run, has one of these words in its name. */
function runs(invocation: Invocation, words: readonly string[]): boolean {
  return [nameOf(invocation.program), ...targetsOf(invocation)].some(target =>
    wordsOf(target).some(word => words.includes(word)),
  )
}

/** Whether a program is given Docker's socket, by which it talks to Docker without a client of Docker's. */
function usesSocket({program, args}: Invocation): boolean {
  return !TALKERS.has(nameOf(program)) && args.some(({value}) => value.includes('docker.sock'))
}

function composes(invocation: Invocation): boolean {
  if (runs(invocation, ['compose'])) return true
  return (
    /^(?:docker|podman|nerdctl)$/.test(nameOf(invocation.program)) &&
    invocation.args.some(({value}) => value === 'compose')
  )
}

function migrates(invocation: Invocation): boolean {
  const name = nameOf(invocation.program)
  if (TALKERS.has(name) || onlyReads(name)) return false
  if (ONLY_MIGRATE.test(name)) return true
  if (targetsOf(invocation).some(target => wordsOf(target).some(word => MIGRATION_WORD.test(word)))) return true
  const values = isRunner(name) ? targetsOf(invocation) : invocation.args.map(({value}) => value)
  if (values.some(value => MIGRATION_WORD.test(value) || /\bmigrat(?:e|ions?)\b/i.test(value.split('/')[0] ?? '')))
    return true
  const line = [name, ...values].join(' ')
  if (/\b(?:db push|database update|db reset|database (?:drop|reset))\b/.test(line)) return true
  return MIGRATION_TOOLS.some(tool => line.includes(tool)) && values.some(value => DATABASE_WORD.test(value))
}

/** Whether a command may change a file that `isHeld` finds. */
function touches(invocation: Invocation, isHeld: (path: string) => boolean): boolean {
  return changedBy(invocation).some(({value}) => isHeld(value))
}

function touchesPath(pattern: string, invocation: Invocation, places: readonly Place[]): boolean {
  return changedBy(invocation).some(({value, isOpen, isGlob}) => {
    if (isOpen) return namesFolder(pattern, value)
    return places.some(place =>
      isGlob
        ? holdsGlob(pattern, value, place)
        : holdsPath(pattern, value, place) || holdsWithin(pattern, value, place),
    )
  })
}

/** What a command is given or writes to, as far as it may be a path that it changes. */
function changedBy(invocation: Invocation): Argument[] {
  const {args, writes} = invocation
  // The plain words of a task runner are names of tasks.
  const isTask = isRunner(nameOf(invocation.program))
  const given = isReader(invocation) ? [] : args.filter(({value}) => !isTask || value.includes('/'))
  const parts = given.flatMap(argument => {
    const [, after] = /^[\w.-]+=(.+)$/s.exec(argument.value) ?? []
    return after === undefined ? [argument] : [argument, {...argument, value: after}]
  })
  return [...parts, ...writes].filter(({value}) => value !== '' && value !== '/dev/null')
}

/** Whether a word that the shell still changes has a plain name of the pattern in it; with no such name it may be held. */
function namesFolder(pattern: string, value: string): boolean {
  const names = pattern.split('/').filter(part => /^[\w.@+-]+$/.test(part))
  return names.length === 0 || names.some(name => value.includes(name))
}

function namesWord(word: string, invocation: Invocation): boolean {
  const {program, args, writes} = invocation
  const said = TALKERS.has(nameOf(program)) ? [] : args
  return [program, ...said, ...writes].some(({value}) => hasWord(value, word))
}

/** Whether a text has a word that is not a part of a longer one. */
export function hasWord(text: string, word: string): boolean {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?<![a-z0-9])${escaped}(?![a-z0-9])`, 'i').test(text)
}
