/** A start for the repository's own words to its agents, by the name of the template; `agents/prompts` fills them in. */
export const STARTING_PROMPTS: Readonly<Record<string, string>> = {
  bug: `{title}

{body}

First write a test that fails because of this bug. Then repair its cause, not what it looks like from outside, and leave
the test in place.

{done}
`,
  feature: `{title}

{body}

Look first for what already exists and build on it, in its style. Cover what is new with tests.

{done}
`,
  docs: `{title}

{body}

Try every command and example that you write about. Change no behaviour.

{done}
`,
  'merge-ready': `{title}

{body}

This work is said to be finished. Read it once as a reviewer would, correct only what is wrong, and add nothing.

{done}
`,
  conflict: `Main has moved on, and these files are in conflict with your work on {branch}:

{paths}

Keep what both sides meant. When you cannot tell what one side meant, read its commit messages.

{done}
`,
  checks: `The checks of {branch} are red:

{failures}

Find the cause before you change anything, and make no check weaker.

{done}
`,
}
