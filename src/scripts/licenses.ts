import {readdirSync, readFileSync} from 'node:fs'
import {join, resolve} from 'node:path'

/** A file that a package gives its terms in. */
const TERMS = /^(licen[cs]e|copying|notice)([.-].*)?$/i
const PACKAGE = /^(.*\/)?node_modules\/(@[^/]+\/)?[^/@][^/]*(?=\/)/
const RULE = '-'.repeat(80)

/**
 * The terms of all packages whose code is in the bundle, as they ask for: one text, by name. `inputs` are the files that
 * esbuild bundled, relative to `root`. Throws for a package that names no terms.
 */
export function licenseTexts(inputs: readonly string[], root: string): string {
  const folders = new Set(inputs.flatMap(path => PACKAGE.exec(path)?.[0] ?? []))
  const texts = [...folders].map(folder => licenseOf(resolve(root, folder)))
  const sorted = [...new Set(texts)].toSorted((one, other) => (one.toLowerCase() < other.toLowerCase() ? -1 : 1))
  return `Clambake contains code of these packages, under their own terms.\n\n${sorted.join(`\n${RULE}\n\n`)}`
}

/** `name version (license)`, and below it the package's own texts. */
function licenseOf(folder: string): string {
  const {name, version, license} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string
    version: string
    license?: string
  }
  const texts = readdirSync(folder)
    .filter(file => TERMS.test(file))
    .toSorted()
    .map(file => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim())
  if (license === undefined && texts.length === 0) throw new Error(`${name} names no license, so it cannot be bundled`)
  const whole =
    texts.length > 0 ? texts.join('\n\n') : `The package names its license ${license} and brings no text of it.`
  return `${name} ${version} (${license ?? 'see below'})\n\n${whole}\n`
}
