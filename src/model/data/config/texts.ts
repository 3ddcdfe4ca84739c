import * as z from 'zod'
import {hasSecret} from '../../../base/redact.ts'
import {sameName} from '../names.ts'

/** A label's name; GitHub takes no longer one. */
export const label = z.string().min(1).max(50)

/** A login of GitHub, an app's too. */
export const login = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]*(\[bot\])?$/, 'a login like octocat')

/** The name of an environment variable, and not the secret that it holds. */
export const variable = z
  .string()
  .refine(name => /^[A-Za-z_]\w*$/.test(name) && !hasSecret(name), 'the name of a variable, like GITHUB_TOKEN')

/** A path as git names it: from the root, with no way up. */
export const pathWithin = z
  .string()
  .refine(
    path => path.split('/').every(part => part !== '' && part !== '.' && part !== '..'),
    'a path within the repository',
  )

/** A path as .gitignore names it. One that no file has would protect nothing, and so would one that takes others back. */
export const pathPattern = z
  .string()
  .refine(
    path => path === path.trim() && !path.startsWith('!') && pathWithin.safeParse(path.replace(/^\/|\/$/g, '')).success,
    'a path or pattern as in .gitignore, without ! at its beginning',
  )

/** The name of a branch, by the rules of git. */
export const branchName = z
  .string()
  .refine(
    name => !/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|^[-/@.]$|^[-/.]|\/\.|[/.]$|\.lock(\/|$)/.test(name) && name !== '',
    'the name of a branch, like main',
  )

/** Placeholders of a branch's name. */
const PLACEHOLDERS = ['{agent}', '{id}', '{issue}', '{slug}']

/** The name of a ticket's branch. Without the number two tickets would have one branch. */
export const branchTemplate = z.string().refine(template => {
  const named: readonly string[] = template.match(/\{[^}]*\}/g) ?? []
  const isKnown = named.every(name => PLACEHOLDERS.includes(name))
  return isKnown && named.includes('{issue}') && !/^\/*(clambake|bundle)\//.test(template)
}, 'a name with {issue}, such as "{agent}/{issue}-{slug}", that does not begin with clambake/ or bundle/')

/** The folder of worktrees: a folder of its own, whose place a person sees. */
export const workspaceFolder = z.string().refine(folder => {
  const parts = folder.split('/').filter(part => part !== '' && part !== '.')
  return parts.length > 0 && parts.at(-1) !== '..' && !parts.includes('.git') && !folder.startsWith('~')
}, 'a folder below the repository, beside it such as ../trees, or an absolute path, and none in .git')

/** The names that have the value of an earlier one, as GitHub compares labels, each with that earlier name. */
export function shared(
  values: Readonly<Record<string, string | undefined>>,
): (readonly [name: string, other: string])[] {
  const all = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return all.flatMap(([name, value], index) => {
    const other = all.slice(0, index).find(([, earlier]) => sameName(earlier, value))
    return other ? [[name, other[0]] as const] : []
  })
}
