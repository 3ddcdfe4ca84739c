import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import type {CiScript} from '../../fixtures/github/world/checks.ts'

/** Longer than it takes to take all pictures. */
const LONG_MS = 600_000
const STANDS: {do: 'sleep'; ms: number} = {do: 'sleep', ms: LONG_MS}

/** All four panes have their place before anything is drawn in them: what a terminal shows survives no other width. */
const SETTLES: {do: 'sleep'; ms: number} = {do: 'sleep', ms: 4000}

/** One check is green, the other never ends: the pull request stands open with its figures. */
export const PICTURE_CI: CiScript = () => ({
  checks: [
    {name: 'lint', durationMs: 100, run: async () => ({conclusion: 'success' as const})},
    {name: 'test', durationMs: LONG_MS, run: async () => ({conclusion: 'success' as const})},
  ],
})

const ready = (title: string, ...labels: string[]) => ({title, labels: ['route:ready', ...labels], body: title})

/** A queue in which four agents stand at four different points of their work, and one piece of work has landed. */
export const PICTURE_ISSUES: readonly DemoIssue[] = [
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
          replace: {from: '  return index()', to: '  if (!query) return []\n  return index()'},
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
  {...ready('Search index stalls', 'route:priority-medium'), turns: []},
  {...ready('Retry payment webhooks'), turns: []},
  {...ready('Typo in checkout'), turns: []},
  {...ready('Split cart service'), body: 'Depends on #6', turns: []},
  {...ready('Choose a tax provider', 'human-only'), turns: []},
]
