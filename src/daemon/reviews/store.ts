import {mkdirSync, readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import * as z from 'zod'
import {isSystemError} from '../../base/errors.ts'
import {textOrNull, writePrivateFile} from '../../base/files.ts'
import type {ReviewedBundle} from '../../model/review/bundle.ts'
import type {Publish, ReviewDraft} from '../../model/review/comments.ts'
import type {DiffOf} from '../../model/review/diff.ts'
import {diffOf, reviewDraft} from '../../protocol/daemon/review-params.ts'

/** A review that is being sent: what is left of it when the daemon ends is done by the next one. */
export type Outgoing = {
  of: DiffOf
  draft: ReviewDraft
  publish: Publish
  by: string
  /** The commit of the pull request that was looked at; without it, the one that it has as the review is published. */
  commit?: string
  /** Of a bundle's: which ticket gets which comments, by their ids. */
  shares?: {ticket: number; comments: string[]}[]
}

/** Keeps reviews that were not sent, and those that are being sent, in the state folder of the repository. */
export type ReviewStore = {
  draft(of: DiffOf): ReviewDraft | null
  /** One that is being sent, or was, does not come back as a draft. */
  keepDraft(of: DiffOf, draft: ReviewDraft): void
  /** The bundle that a draft is about, as it was when the draft was begun; null: it is about none. */
  bundle(pull: number): ReviewedBundle | null
  keepBundle(pull: number, bundle: ReviewedBundle): void
  outgoing(): Outgoing[]
  keepOutgoing(review: Outgoing): void
  /** It was sent: nothing is left of it. */
  sent(review: Pick<Outgoing, 'of' | 'draft'>): void
  /** It could not be sent, and stays a draft. */
  notSent(review: Pick<Outgoing, 'draft'>): void
}

/** Where texts are kept by name; a name is a plain word. */
export type TextStore = {
  names(): string[]
  read(name: string): string | null
  /** null removes it. */
  write(name: string, text: string | null): void
}

const outgoing = z.object({
  of: diffOf,
  draft: reviewDraft,
  publish: z.enum(['no', 'comment', 'changes']),
  by: z.string(),
  commit: z.string().exactOptional(),
  shares: z.array(z.object({ticket: z.number(), comments: z.array(z.string())})).exactOptional(),
})
const bundle: z.ZodType<ReviewedBundle> = z.object({
  base: z.string(),
  commit: z.string(),
  members: z.array(z.object({ticket: z.number(), commit: z.string(), paths: z.array(z.string())})),
})

const OUTGOING = 'sending-'

/** A text that cannot be read is left where it is, and counts as none. */
export function createReviewStore({names, read, write}: TextStore): ReviewStore {
  const gone = new Set<string>()

  function parsed<T>(name: string, schema: z.ZodType<T>): T | null {
    const text = read(name)
    if (text === null) return null
    try {
      return schema.parse(JSON.parse(text))
    } catch {
      // Half a file cannot be: each is written in one step. A newer version may have written it.
      return null
    }
  }
  return {
    draft: of => parsed(nameOf(of), reviewDraft),
    keepDraft(of, draft) {
      if (!gone.has(draft.id) && read(OUTGOING + draft.id) === null) write(nameOf(of), JSON.stringify(draft))
    },
    bundle: pull => parsed(bundleName(pull), bundle),
    keepBundle: (pull, reviewed) => write(bundleName(pull), JSON.stringify(reviewed)),
    outgoing: () =>
      names()
        .filter(name => name.startsWith(OUTGOING))
        .flatMap(name => parsed(name, outgoing) ?? []),
    keepOutgoing: review => write(OUTGOING + review.draft.id, JSON.stringify(review)),
    sent({of, draft: {id}}) {
      gone.add(id)
      write(nameOf(of), null)
      if ('pull' in of) write(bundleName(of.pull), null)
      write(OUTGOING + id, null)
    },
    notSent: ({draft: {id}}) => write(OUTGOING + id, null),
  }
}

function nameOf(of: DiffOf): string {
  return 'pull' in of ? `pull-${of.pull}` : `ticket-${of.ticket}`
}

function bundleName(pull: number): string {
  return `bundle-${pull}`
}

/** Texts as files that only this user can read. */
export function textFiles(folder: string): TextStore {
  const fileOf = (name: string) => join(folder, `${name}.json`)
  return {
    names() {
      try {
        return readdirSync(folder).flatMap(file => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : []))
      } catch (error) {
        if (isSystemError(error, 'ENOENT')) return []
        throw error
      }
    },
    read: name => textOrNull(fileOf(name)),
    write(name, text) {
      if (text === null) return rmSync(fileOf(name), {force: true})
      mkdirSync(folder, {recursive: true, mode: 0o700})
      writePrivateFile(fileOf(name), text)
    },
  }
}
