import {join} from 'node:path'

/**
 * For the environment of a program that a test starts again and again from its sources: to strip their types and compile
 * them is half of what such a start costs. Kept between runs, as Vite keeps what it makes.
 */
export const COMPILED = {NODE_COMPILE_CACHE: join(import.meta.dirname, '../node_modules/.cache/clambake-tests')}
