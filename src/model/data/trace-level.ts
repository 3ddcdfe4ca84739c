export const TRACE_LEVELS = ['basic', 'detailed'] as const
/** How many candidates the span of a routing decision names: the first ones, or all of them. */
export type TraceLevel = (typeof TRACE_LEVELS)[number]
