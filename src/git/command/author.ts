/** Who makes the commits that Clambake makes itself. */
export const CLAMBAKE = {name: 'Clambake', email: 'clambake@localhost'} as const
