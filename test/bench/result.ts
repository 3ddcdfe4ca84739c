/** One figure of a benchmark, beside a reference that was measured in the same run. */
export type BenchResult = {
  name: string
  value: number
  unit: string
  /** The same figure of the reference (tmux, `node -e 0`, a small list); null: the machine has no reference. */
  reference: number | null
  /** value / reference. */
  ratio: number | null
  /** What it is held to, as people read it: `ratio <= 1.2`. */
  target: string
  ok: boolean
}

/** Measurement and its reference. */
export type Figure = {name: string; value: number; unit: string; reference: number | null}

/** What a figure must hold: one limit, on the ratio or on the value itself. */
export type Limit = {of: 'ratio' | 'value'; at: 'most' | 'least'; limit: number}

export const ratioAtMost = (limit: number): Limit => ({of: 'ratio', at: 'most', limit})
export const valueAtMost = (limit: number): Limit => ({of: 'value', at: 'most', limit})
export const valueAtLeast = (limit: number): Limit => ({of: 'value', at: 'least', limit})
export const ratioAtLeast = (limit: number): Limit => ({of: 'ratio', at: 'least', limit})

/** Judges a figure. A limit on the ratio holds by itself where the reference is missing: there is nothing to compare. */
export function judge(figure: Figure, {of, at, limit}: Limit): BenchResult {
  const {name, value, unit, reference} = figure
  const ratio = reference === null || rounded(reference) === 0 ? null : value / reference
  const judged = of === 'ratio' ? ratio : value
  return {
    name,
    value: rounded(value),
    unit,
    reference: reference === null ? null : rounded(reference),
    ratio: ratio === null ? null : rounded(ratio),
    target: `${of === 'ratio' ? 'ratio ' : ''}${at === 'most' ? '<=' : '>='} ${limit}${of === 'ratio' ? '' : ` ${unit}`}`,
    ok: judged === null || (at === 'most' ? judged <= limit : judged >= limit),
  }
}

/** The value below which `share` (0 to 1) of the values are. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
