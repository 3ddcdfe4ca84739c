/** Which side wins when GitHub differs from what was written: GitHub, Clambake, or the one that a person chooses. */
export const STRATEGIES = ['github-wins', 'local-wins', 'manual'] as const
export type Strategy = (typeof STRATEGIES)[number]
