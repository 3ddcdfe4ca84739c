/** Who is right when GitHub shows something else than was told: a person there, Clambake, or whom a person names. */
export const STRATEGIES = ['github-wins', 'local-wins', 'manual'] as const
export type Strategy = (typeof STRATEGIES)[number]
