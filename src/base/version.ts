declare const __CLAMBAKE_VERSION__: string | undefined

/** The program's version, which the build inserts; `0.0.0-dev` if the sources run unbuilt. */
export const VERSION = typeof __CLAMBAKE_VERSION__ === 'undefined' ? '0.0.0-dev' : __CLAMBAKE_VERSION__
