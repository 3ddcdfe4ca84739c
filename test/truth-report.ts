import type {Reporter} from 'vitest/node'

/** What a test with the true client compared: states, and words that were sent to it. */
export type Tally = {checked: number; wrong: string[]; sent: number; lost: string[]; twice: string[]}

declare module 'vitest' {
  interface TaskMeta {
    truth?: Tally
  }
}

/** Says in two lines how many states were right and how many words arrived, after any run with the true client. */
export function truthReport(): Reporter {
  return {
    onTestRunEnd(modules) {
      const all = modules.flatMap(module => [...module.children.allTests()]).flatMap(test => test.meta().truth ?? [])
      if (all.length === 0) return
      const sum = (count: (tally: Tally) => number) => all.reduce((total, tally) => total + count(tally), 0)
      const sent = sum(tally => tally.sent)
      const arrived = sent - sum(tally => tally.lost.length)
      console.log(
        `states checked: ${sum(tally => tally.checked)} · wrong states: ${sum(tally => tally.wrong.length)}\n` +
          `words: ${sent} sent, ${arrived} arrived, ${sum(tally => tally.twice.length)} twice`,
      )
    },
  }
}
