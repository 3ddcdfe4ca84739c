import {safeLine} from '../../base/text.ts'
import type {BundleWork} from '../../model/data/landing/bundle.ts'
import {plainTitle, quoteForGithub, quoteMessage, quoteTitle} from '../../model/mirror/quote.ts'
import {CLAMBAKE} from '../command/author.ts'
import type {OwnCommit, Person} from './own-commits.ts'

/** The trailer by which a work is found again on main. */
export const HEAD_KEY = 'Clambake-Head'
const HEAD_LINE = new RegExp(`^${HEAD_KEY}: ([0-9a-f]{40}|[0-9a-f]{64})$`, 'gm')

/** Longest title, as GitHub shows it on one line. */
const TITLE_LENGTH = 120
/** More names than this are somebody's joke, and every reader of main would have to scroll past them. */
const MOST_CO_AUTHORS = 50

export type Credit = {author: Person; coAuthors: readonly Person[]}

/** Whose work it is: most of its commits are the author's, all others are co-authors. Merges are nobody's work. */
export function creditOf(own: readonly OwnCommit[]): Credit {
  const work = own.filter(({parents}) => parents.length < 2)
  const wrote = work.flatMap(({author}) => personOf(author) ?? [])
  const people = wrote.filter(({email}) => email !== CLAMBAKE.email)
  const counts = Map.groupBy(people, keyOf)
  const most = Math.max(0, ...[...counts.values()].map(({length}) => length))
  const author = people.find(person => counts.get(keyOf(person))!.length === most)
  const named = work.flatMap(({coAuthors}) => coAuthors.flatMap(text => parsePerson(text) ?? []))
  const others = new Map([...people, ...named].toReversed().map(person => [keyOf(person), person]))
  if (author) others.delete(keyOf(author))
  return {
    author: author ?? CLAMBAKE,
    coAuthors: [...others.values()].toReversed().slice(0, MOST_CO_AUTHORS),
  }
}

function keyOf({email}: Person): string {
  return email.toLowerCase()
}

/** `Name <address>` */
function parsePerson(text: string): Person | null {
  const match = /^([^<>]*)<([^<>]*)>$/.exec(text.trim())
  return match && personOf({name: match[1]!, email: match[2]!})
}

/** A person as a line of a commit takes them; null: nothing is left of the address. */
function personOf({name, email}: Person): Person | null {
  const address = safeLine(email).replace(/[<>\s]/g, '')
  const plain = safeLine(name).replace(/[<>]/g, '').replace(/\s+/g, ' ').trim()
  return address === '' ? null : {name: plain || address, email: address}
}

/**
 * The message of a work's commit. On main, GitHub reads mentions and closing keywords in it, so whatever comes from an
 * issue or an agent is quoted.
 */
export function bundleMessage({ticket, title, branch, head}: BundleWork, coAuthors: readonly Person[]): string {
  const text = safeLine(plainTitle(title)).slice(0, TITLE_LENGTH).trim()
  const subject = text === '' ? `Work on issue ${ticket}` : quoteForGithub(text)
  return [
    quoteTitle(`${subject} (#${ticket})`),
    '',
    `Work on issue ${ticket}, from ${quoteForGithub(safeLine(branch))}.`,
    '',
    ...coAuthors.map(({name, email}) => quoteMessage(`Co-authored-by: ${name} <${email}>`, null)),
    `${HEAD_KEY}: ${head}`,
    '',
  ].join('\n')
}

/** The heads that a message says its commit carries; anybody can write such a message. */
export function headsIn(message: string): string[] {
  return [...message.matchAll(HEAD_LINE)].map(match => match[1]!)
}
