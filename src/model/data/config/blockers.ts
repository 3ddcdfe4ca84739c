/** What is done with a tool call of what another session holds. */
export const BLOCKER_POLICIES = ['refuse', 'ask', 'off'] as const
export type BlockerPolicy = (typeof BLOCKER_POLICIES)[number]
