export const ROLES = ['implementor', 'reviewer', 'docs'] as const
export type Role = (typeof ROLES)[number]

/** What the client may do unasked, and what not. */
export type Permissions = {allow: string[]; deny: string[]}

/** Guard rails for the client; what agents can do to the forge is limited by what they are not given. */
export const PRESETS: Readonly<Record<Role, Permissions>> = {
  implementor: {allow: ['Edit', 'Bash(git add *)', 'Bash(git commit *)'], deny: ['Bash(git push *)']},
  reviewer: {allow: ['Read', 'Bash(git diff *)', 'Bash(git log *)'], deny: ['Edit', 'Bash(git push *)']},
  docs: {allow: ['Edit(docs/**)', 'Edit(*.md)', 'Bash(git commit *)'], deny: ['Bash(git push *)']},
}
