/** Says on stderr what is being measured; stdout is for the figures. */
export type Say = (line: string) => void
