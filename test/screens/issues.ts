import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import type {CiResult, CiScript} from '../../fixtures/github/world/checks.ts'

/** Longer than it takes to take all pictures. */
const LONG_MS = 600_000
const STANDS: {do: 'sleep'; ms: number} = {do: 'sleep', ms: LONG_MS}

/** All four panes have their place before anything is drawn in them: what a terminal shows survives no other width. */
const SETTLES: {do: 'sleep'; ms: number} = {do: 'sleep', ms: 4000}

/** Checks that end when a picture wants it: the first bundle waits to be called red, all others never end. */
export function pictureCi(): Disposable & {script: CiScript; turnRed(): void} {
  const first = Promise.withResolvers<CiResult>()
  let isRed = false
  const lint = {name: 'lint', durationMs: 100, conclusion: 'success'} as const
  return {
    script: ({branch}) => {
      const waits = branch.startsWith('bundle/') && !isRed
      const test = waits
        ? {name: 'test', durationMs: 100, run: () => first.promise}
        : {name: 'test', durationMs: LONG_MS, conclusion: 'success' as const}
      return {checks: [lint, test]}
    },
    turnRed() {
      isRed = true
      first.resolve({
        conclusion: 'failure',
        output: {title: '1 of 212 failed', summary: 'src/search/page.ts: an empty query finds all'},
      })
    },
    [Symbol.dispose]: () => first.resolve({conclusion: 'success'}),
  }
}

const ready = (title: string, ...labels: string[]) => ({title, labels: ['route:ready', ...labels], body: title})

/** Work that is done at once; the first and the last change the same lines. */
const DONE: readonly DemoIssue[] = [
  {
    ...ready('Docs: webhook retries', 'route:priority-high'),
    turns: [
      [
        {do: 'say', text: 'The retry policy, as the sender has it.'},
        {do: 'edit', file: 'docs/webhooks.md', append: '\n## Retries\n\nAfter 1, 5 and 30 minutes, then hourly.\n'},
        {do: 'commit', message: 'Document webhook retries'},
      ],
    ],
  },
  {
    ...ready('Cart: total of an empty cart', 'route:priority-high'),
    turns: [
      [
        {do: 'say', text: 'reduce has a start value, so only the test is missing.'},
        {
          do: 'edit',
          file: 'test/cart/total.test.ts',
          append: "\ntest('is nothing for nothing', () => expect(total([])).toBe(0))\n",
        },
        {do: 'commit', message: 'Test the total of an empty cart'},
      ],
    ],
  },
  {
    ...ready('Search: ignore case', 'route:priority-high'),
    turns: [
      [
        {do: 'say', text: 'Both sides in lower case.'},
        {
          do: 'edit',
          file: 'src/search/page.ts',
          replace: {from: 'entry.includes(query)', to: 'entry.includes(query.toLowerCase())'},
        },
        {do: 'commit', message: 'Find entries in any case'},
      ],
    ],
  },
  {
    ...ready('Docs: webhook signatures', 'route:priority-high'),
    turns: [
      [
        {do: 'say', text: 'HMAC over the raw body.'},
        {do: 'edit', file: 'docs/webhooks.md', append: '\n## Signatures\n\nHMAC-SHA256 over the raw body.\n'},
        {do: 'commit', message: 'Document webhook signatures'},
      ],
    ],
  },
]

/** Work that is at four different points when the pictures are taken. */
const UNDER_WAY: readonly DemoIssue[] = [
  {
    ...ready('Fix login redirect after signup', 'route:priority-high'),
    turns: [
      [
        SETTLES,
        {do: 'say', text: 'The loop is in src/auth/session.ts.'},
        {do: 'edit', file: 'src/auth/session.ts', replace: {from: "return '/login'", to: "return returnTo ?? '/'"}},
        {do: 'say', text: 'It needs cookie 1.0 for SameSite.'},
        {do: 'ask', command: 'npm install cookie@1.0.2'},
      ],
    ],
  },
  {
    ...ready('Add rate limit to /search', 'route:priority-high'),
    turns: [
      [
        SETTLES,
        {do: 'say', text: 'A token bucket for each address.'},
        {do: 'run', args: ['git', 'log', '--oneline', '-3']},
        {
          do: 'edit',
          file: 'src/search/page.ts',
          replace: {
            from: '  return index().filter(entry => entry.includes(query))',
            to: '  if (!query) return []\n  return index().filter(entry => entry.includes(query))',
          },
        },
        {do: 'say', text: 'Now the limiter: 60 a minute.'},
        STANDS,
      ],
    ],
  },
  {
    ...ready('Drop moment.js', 'route:priority-high'),
    turns: [
      [
        SETTLES,
        {do: 'say', text: 'Intl gives the same text.'},
        {
          do: 'edit',
          file: 'src/date/format.ts',
          replace: {from: "import moment from 'moment'", to: "import {on} from './intl.ts'"},
        },
        {do: 'run', args: ['git', 'status', '--short']},
        STANDS,
      ],
    ],
  },
  {
    ...ready('Cart: round totals to cents', 'route:priority-high'),
    turns: [
      [
        SETTLES,
        {do: 'say', text: 'I round once, at the end.'},
        {do: 'run', args: ['git', 'grep', '-c', 'total', 'src']},
        STANDS,
      ],
    ],
  },
]

const LATER: readonly DemoIssue[] = [
  {...ready('Search index stalls', 'route:priority-medium'), turns: []},
  {...ready('Retry payment webhooks'), turns: []},
  {...ready('Typo in checkout'), turns: []},
  {...ready('Split cart service'), body: 'Depends on #9', turns: []},
  {...ready('Choose a tax provider', 'human-only'), turns: []},
]

/** A queue of which four tickets wait for the train and four are being worked on. */
export const PICTURE_ISSUES: readonly DemoIssue[] = [...DONE, ...UNDER_WAY, ...LATER]
