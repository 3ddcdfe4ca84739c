import type {StepInput} from '../../fixtures/agent/script.ts'
import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import type {CiRun, CiScript} from '../../fixtures/github/world/checks.ts'

/** A file that several tickets add a line to. */
export const SHARED = 'src/routes.ts'
/** What makes the checks fail. */
const DEFECT = 'throw new Error'
/** Often enough for one that loses to every other ticket of the shared file. */
const MERGES = 8

/** What a ticket of the run is about. `bad`: its checks fail until it is repaired; `shared`: it overlaps with others. */
export type Work = {number: number; kind: 'good' | 'bad' | 'shared'}

/** Every tenth ticket is bad, two of ten overlap, spread over the whole run. */
export function worksOf(count: number): Work[] {
  return Array.from({length: count}, (_, index) => {
    const place = index % 10
    return {number: index + 1, kind: place === 4 ? 'bad' : place === 2 || place === 7 ? 'shared' : 'good'}
  })
}

export function issueOf(work: Work): DemoIssue {
  const title = work.kind === 'shared' ? `Menu: offer dish ${work.number}` : `Price rule ${work.number}`
  return {title, body: 'As the shop asked for.', labels: ['route:ready'], turns: turnsOf(work)}
}

/** A line of the shared file or a file of its own, by which the work is known on main. */
export function isOnMain({number, kind}: Work, files: ReadonlyMap<string, string>): boolean {
  if (kind !== 'shared') return files.get(fileOf(number))?.trimEnd() === ruleOf(number, '').trimEnd()
  return (files.get(SHARED) ?? '').split('\n').filter(line => line === dishOf(number)).length === 1
}

/** Whether the checks pass on these files: no defect, and no conflict was committed. */
export function faultIn(files: ReadonlyMap<string, string>): string | null {
  const [path] = [...files].find(([, text]) => text.includes(DEFECT) || /^[<>]{7}/m.test(text)) ?? []
  return path ?? null
}

/** Checks of pull requests and of main, as most workflows have them; `started` is called for each. */
export function ciOf(started: (run: CiRun) => void): CiScript {
  return run => {
    if (run.branch !== 'main' && run.pull === null) return {checks: []}
    started(run)
    return {
      checks: [
        {name: 'lint', durationMs: 400, conclusion: 'success'},
        {name: 'test', durationMs: 1200, run: () => judge(run)},
      ],
    }
  }
}

async function judge(run: CiRun) {
  const path = faultIn(await run.files())
  if (path === null) return {conclusion: 'success' as const}
  return {conclusion: 'failure' as const, output: {title: '1 test failed', summary: ` FAIL  ${path}`}}
}

function turnsOf({number, kind}: Work): StepInput[][] {
  const file = fileOf(number)
  const commit: StepInput = {do: 'commit', message: `Work of ${number}`}
  if (kind === 'shared') {
    const merge: StepInput[] = [{do: 'merge-main', both: true}]
    return [
      [{do: 'edit', file: SHARED, append: `${dishOf(number)}\n`}, commit],
      ...Array.from({length: MERGES}, () => merge),
    ]
  }
  const write = (defect: string): StepInput[] => [{do: 'edit', file, content: ruleOf(number, defect)}, commit]
  return kind === 'good' ? [write('')] : [write(`${DEFECT}('not written yet')\n`), write('')]
}

const fileOf = (number: number) => `src/prices/rule${number}.ts`
const ruleOf = (number: number, defect: string) => `export const rule${number} = ${number}\n${defect}`
const dishOf = (number: number) => `export const dish${number} = 'dish ${number}'`
