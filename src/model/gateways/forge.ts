import type {Board} from '../data/show.ts'

/** Where a repository is on its forge. */
export type RepositoryAddress = {
  /** Host of the git remote, with its port if it has one. */
  host: string
  owner: string
  repo: string
  /** Root of the REST interface, without a slash at the end. */
  apiUrl: string
}

/** What a check-up asks a forge for, and no work needs. All throw ClambakeError. */
export type CheckUpGateway = {
  isProtected(branch: string): Promise<boolean>
  /** Whether anything checks a branch. */
  hasChecks(branch: string): Promise<boolean>
  repositoryLabels(): Promise<readonly string[]>
  board(id: string): Promise<Board | null>
  /** The scopes of a classic token as the last answer told them; null: a token of another kind. */
  scopes(): readonly string[] | null
}
