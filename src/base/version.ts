declare const __CLAMBAKE_VERSION__: string | undefined
declare const __CLAMBAKE_SHAPE__: string | undefined

/** The program's version, which the build inserts; `0.0.0-dev` if the sources run unbuilt. */
export const VERSION = typeof __CLAMBAKE_VERSION__ === 'undefined' ? '0.0.0-dev' : __CLAMBAKE_VERSION__

/** Identifies what daemon and clients send each other, which the build works out of the sources; the same if they run unbuilt. */
export const SHAPE = typeof __CLAMBAKE_SHAPE__ === 'undefined' ? 'dev' : __CLAMBAKE_SHAPE__
