declare const __CLAMBAKE_VERSION__: string | undefined

/** Version of the program as the build put it in; sources that run unbuilt say `0.0.0-dev`. */
export const VERSION = typeof __CLAMBAKE_VERSION__ === 'undefined' ? '0.0.0-dev' : __CLAMBAKE_VERSION__
