/**
 * What has landed is read once more at this look at GitHub after the first reading. The very next look may begin in the
 * same moment, and a person who writes as it merges is slower.
 */
export const LOOKS_LATER = 2
