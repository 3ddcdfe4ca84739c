/**
 * The one type that lowlight's types name of highlight.js. The library's own types bring those of a browser with them,
 * which would then be known in every file.
 */
export type LanguageFn = (api: never) => unknown
