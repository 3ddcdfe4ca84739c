/**
 * Typed before the paste: the client marks a long paste as text from elsewhere, and its model follows it only when the
 * user's own words ask for that.
 */
export const LEAD = 'Please do what this says, by its rules: '
