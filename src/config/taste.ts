import {existsSync} from 'node:fs'
import {homedir} from 'node:os'
import {basename, dirname, join, resolve} from 'node:path'
import Conf from 'conf'
import * as z from 'zod'
import {type ClambakeError, messageOf, usageError} from '../base/errors.ts'
import {expected, shown, valueAt} from './describe.ts'
import {nearestSetting} from './nearest.ts'
import {settings} from './shape.ts'

const keys = z.union([z.string().transform(key => [key]), z.array(z.string())])

/** How one repository's screen is divided. What is left out follows the size of the window. */
const layout = z.strictObject({
  /** Width of the lists at the left, in columns. */
  lists: z.int().min(24).max(400).optional(),
  /** Number of agents side by side. */
  agents_abreast: z.int().min(1).max(12).optional(),
})

export const tasteSchema = z.strictObject({
  /**
   * Colours for a dark or a light terminal; `auto` asks the terminal. `plain` draws without colours, by glyph and
   * weight, as NO_COLOR does.
   */
  theme: z.enum(['auto', 'dark', 'light', 'plain']).default('auto'),
  /** `auto`: ASCII where the locale has no UTF-8. */
  glyphs: z.enum(['auto', 'unicode', 'ascii']).default('auto'),
  /** Other keys for commands: `{"agent.stop": "ctrl+x"}`; an empty list leaves a command to the palette. */
  keys: z.record(z.string(), keys).default({}),
  /** The key that leaves an agent's terminal. */
  detach_key: z.string().min(1).default('ctrl+]'),
  /** Folders of the repositories that `clambake --fleet` opens, and `clambake` outside of any: absolute, or with `~`. */
  fleet: z.array(z.string().refine(path => /^~?\//.test(path), 'a path that begins with / or ~/')).default([]),
  /** Layouts by the path of the repository; `*` is for all others. The keys `<`, `>` and `|` write it. */
  layouts: z.record(z.string(), layout).default({}),
})

/** One person's preferences in all repositories. */
export type Taste = z.output<typeof tasteSchema>

export type LayoutTaste = z.output<typeof layout>

/** The layout of a repository. A layout of its own takes nothing from `*`. */
export function layoutFor(taste: Taste, repository: string): LayoutTaste {
  return taste.layouts[repository] ?? taste.layouts['*'] ?? {}
}

export type TasteStore = {
  readonly taste: Taste
  /** The file, whether it exists or not. */
  readonly file: string
  /** Changes some keys, also in the file. Throws usageError `wrong-taste` and writes nothing if the result is invalid. */
  set(change: z.input<typeof tasteSchema>): void
}

/**
 * Opens the person's `taste.json` in `$XDG_CONFIG_HOME/clambake`, else in `~/.config/clambake`. Reading writes nothing.
 * Throws usageError `wrong-taste`, which names the file and the mistake.
 */
export function openTaste(options: {env: NodeJS.ProcessEnv}): TasteStore {
  const {env} = options
  const folder = resolve(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'clambake')
  const file = join(folder, 'taste.json')
  // Conf creates the folder when it looks for a file that does not exist.
  let taste = parseTaste(existsSync(file) ? openStore(file).store : {}, file)
  return {
    get taste() {
      return taste
    },
    file,
    set(change) {
      const store = openStore(file)
      const changed = {...store.store, ...change}
      taste = parseTaste(changed, file)
      store.store = changed
    },
  }
}

function openStore(file: string): Conf<Record<string, unknown>> {
  try {
    return new Conf<Record<string, unknown>>({
      cwd: dirname(file),
      configName: basename(file, '.json'),
      // Commands have dots in their names: `agent.stop`.
      accessPropertiesByDotNotation: false,
      // People write this file by hand; a mistake must not delete the rest of it.
      clearInvalidConfig: false,
    })
  } catch (error) {
    throw wrongTaste(`${file} cannot be read: ${messageOf(error)}`, error)
  }
}

function parseTaste(written: Readonly<Record<string, unknown>>, file: string): Taste {
  const result = tasteSchema.safeParse(written)
  if (result.success) return result.data
  const known = settings(tasteSchema).map(setting => setting.path)
  const mistakes = result.error.issues.flatMap(issue => {
    if (issue.code !== 'unrecognized_keys') {
      const wanted = issue.code === 'invalid_union' ? 'a key or a list of keys' : expected(issue)
      return [`${issue.path.join('.')} must be ${wanted}, found ${shown(valueAt(written, issue.path))}`]
    }
    return issue.keys.map(key => {
      const nearest = nearestSetting([key], known)
      return `unknown key ${[...issue.path, key].join('.')}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`
    })
  })
  throw wrongTaste(`${file}: ${mistakes.join('; ')}`)
}

function wrongTaste(message: string, cause?: unknown): ClambakeError {
  return usageError({code: 'wrong-taste', message, next: 'correct the file, or delete it to use the defaults', cause})
}
