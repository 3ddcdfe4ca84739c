/** One cell of a table. */
export function cell(text: string): string {
  return text.replaceAll('\n', ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;')
}

/** Text as code in a cell of a table. */
export function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`'
  const pad = text.includes('`') ? ' ' : ''
  return `${fence}${pad}${text.replaceAll('|', '\\|')}${pad}${fence}`
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(heads), `|${'---|'.repeat(heads.length)}`, ...rows.map(line)].join('\n')
}

const MARK = /<!-- made by npm run docs: ([\w ]+) -->\n[\s\S]*?<!-- end -->/g

/** The page with its generated parts as the code says them now; what is outside of the markers stays. */
export function withParts(page: string, parts: Readonly<Record<string, () => string>>): string {
  return page.replace(MARK, (_, name: string) => {
    const part = parts[name]
    if (!part) throw new Error(`no code makes the part ${name}`)
    return `<!-- made by npm run docs: ${name} -->\n\n${part()}\n\n<!-- end -->`
  })
}

/** Names of the generated parts of a page. */
export function partsOf(page: string): string[] {
  return [...page.matchAll(MARK)].map(([, name]) => name!)
}
