/** Changes of a branch against main, as `git diff` prints them, cut at a size that a person can read. */
export type DiffText = {
  subject: string
  files: readonly {path: string; added: number; removed: number}[]
  text: string
  cut: boolean
}
