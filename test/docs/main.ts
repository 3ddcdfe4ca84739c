/** Writes the parts of the pages of docs/ that are made from the code: `npm run docs`. */
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {withParts} from './markdown.ts'
import {FOLDER, PAGES} from './pages.ts'

for (const [page, parts] of Object.entries(PAGES)) {
  const file = join(FOLDER, page)
  const before = readFileSync(file, 'utf8')
  const after = withParts(before, parts)
  if (after !== before) writeFileSync(file, after)
  console.log(`docs/${page}${after === before ? '' : ' changed'}`)
}
