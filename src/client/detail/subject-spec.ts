import type {DaemonLink} from '../connection/links.ts'
import type {ClientState} from '../state/state.ts'
import type {Detail, Subject} from '../state/subject.ts'
import type {Line} from '../text/line.ts'

type SubjectOf<K extends Subject['kind']> = Extract<Subject, {kind: K}>
export type DetailOf<K extends Subject['kind']> = Extract<Detail, {kind: K}>

/** How one kind of subject is named, copied and shown in its details. */
export type SubjectSpec<K extends Subject['kind']> = {
  /** The title of its details. */
  title: (subject: SubjectOf<K>) => string
  /** The ticket that it is or belongs to. */
  ticketOf: (state: ClientState, subject: SubjectOf<K>) => number | undefined
  /** What is copied of it; without it, its address on GitHub. */
  copied?: (state: ClientState, subject: SubjectOf<K>) => string | undefined
  /** Asks the daemon for what its details show. */
  fetch: (daemon: DaemonLink, state: ClientState, subject: SubjectOf<K>) => Promise<DetailOf<K>>
  /** Its details as lines of at most `width` columns, safe for a terminal. */
  lines: (detail: DetailOf<K>, width: number) => Line[]
}
