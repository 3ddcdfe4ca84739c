import type {BenchResult} from './result.ts'

const HEADINGS = ['', 'value', 'reference', 'ratio', 'target', ''] as const

/** The figures as an aligned table: names and targets left, numbers right. */
export function table(results: readonly BenchResult[]): string {
  const rows = [HEADINGS, ...results.map(cells)]
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  return rows
    .map(row =>
      row
        .map((cell, column) => align(cell, column, widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function cells({name, value, unit, reference, ratio, target, ok}: BenchResult): string[] {
  const measured = (number: number) => `${number.toFixed(1)} ${unit}`
  return [
    name,
    measured(value),
    reference === null ? '-' : measured(reference),
    ratio === null ? '-' : ratio.toFixed(2),
    target,
    ok ? 'ok' : '✗',
  ]
}

function align(cell: string, column: number, width: number): string {
  return column >= 1 && column <= 3 ? cell.padStart(width) : cell.padEnd(width)
}
