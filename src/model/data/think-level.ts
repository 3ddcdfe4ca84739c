export const THINK_LEVELS = ['think', 'hard', 'harder', 'ultra'] as const

export type ThinkLevel = (typeof THINK_LEVELS)[number]

/** What a client is told, in the words of its `--effort`. */
export const EFFORT: Record<ThinkLevel, 'medium' | 'high' | 'xhigh' | 'max'> = {
  think: 'medium',
  hard: 'high',
  harder: 'xhigh',
  ultra: 'max',
}
