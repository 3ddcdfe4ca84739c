/** Files that a session will change for a while: others are asked before they do. */
export type Reservation = {
  id: number
  /** A resource, most often a glob from the project's top folder. */
  pattern: string
  project: string | null
  /** Who has it, as people read it. */
  from: string
  /** The instance that has it; null: a person. */
  instance: string | null
  why: string
  at: number
  expiresAt: number
}
