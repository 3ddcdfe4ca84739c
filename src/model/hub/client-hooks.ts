import {findNodeAtLocation, type JSONPath, parseTree} from 'jsonc-parser'
import * as z from 'zod'

/**
 * Adds our hooks to the text of a client's settings, and takes them out. Whatever else is in the file keeps its bytes: the
 * text is edited, not written from its values.
 */

/** A group of hooks as the client's settings hold it. */
const group = z.looseObject({hooks: z.array(z.looseObject({command: z.string().optional()})).optional()})
const settings = z.looseObject({hooks: z.record(z.string(), z.array(group)).optional()})
type Settings = z.infer<typeof settings>

/** Our hooks: the command of each event. */
export type OwnHooks = {
  commands: Readonly<Record<string, string>>
  timeout: number
  /** Whether a command is one of ours, of any version. */
  isOwn: (command: string) => boolean
}

/** Why settings cannot be edited: they are no JSON (comments are none), or of another shape than the client's. */
export class SettingsProblem extends Error {}

/** The text with our hooks, each once; text '' is an empty file. Throws SettingsProblem. */
export function withHooks(text: string, own: OwnHooks): string {
  const before = text.trim() === '' ? '{}\n' : text
  let edited = before
  for (const [event, command] of Object.entries(own.commands)) {
    const there = ownPlaces(read(edited), event, own)
    const kept = there.findIndex(place => place.command === command)
    edited = without(edited, kept < 0 ? there : there.filter((_, index) => index !== kept))
    if (kept >= 0) continue
    const added = {hooks: [{type: 'command', command, timeout: own.timeout}]}
    const {hooks} = read(edited)
    if (hooks === undefined) edited = insert(edited, [], 'hooks', {[event]: [added]})
    else if (hooks[event] === undefined) edited = insert(edited, ['hooks'], event, [added])
    else edited = insert(edited, ['hooks', event], null, added)
  }
  const after = read(edited)
  check(read(before), after, own)
  for (const [event, command] of Object.entries(own.commands)) {
    if (ownPlaces(after, event, own).filter(place => place.command === command).length !== 1) throw confused()
  }
  return edited
}

/** The text without our hooks; what only they needed is taken out with them. Throws SettingsProblem. */
export function withoutHooks(text: string, own: Pick<OwnHooks, 'isOwn'>): string {
  if (text.trim() === '') return text
  const before = read(text)
  let edited = text
  for (const event of Object.keys(before.hooks ?? {})) edited = without(edited, ownPlaces(read(edited), event, own))
  const after = read(edited)
  check(before, after, own)
  if (Object.keys(after.hooks ?? {}).some(event => ownPlaces(after, event, own).length > 0)) throw confused()
  return edited
}

type OwnPlace = {event: string; group: number; hook: number; command: string}

function ownPlaces({hooks = {}}: Settings, event: string, {isOwn}: Pick<OwnHooks, 'isOwn'>): OwnPlace[] {
  return (hooks[event] ?? []).flatMap((one, group) =>
    (one.hooks ?? []).flatMap(({command}, hook) =>
      command !== undefined && isOwn(command) ? [{event, group, hook, command}] : [],
    ),
  )
}

/** Takes hooks out, the last first, so that the places of the others stay. */
function without(text: string, places: readonly OwnPlace[]): string {
  let edited = text
  for (const {event, group, hook} of places.toReversed()) {
    const {hooks = {}} = read(edited)
    const groups = hooks[event] ?? []
    if ((groups[group]?.hooks?.length ?? 0) > 1) edited = cut(edited, ['hooks', event, group, 'hooks', hook])
    else if (groups.length > 1) edited = cut(edited, ['hooks', event, group])
    else if (Object.keys(hooks).length > 1) edited = cut(edited, ['hooks', event])
    else edited = cut(edited, ['hooks'])
  }
  return edited
}

function read(text: string): Settings {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new SettingsProblem('it is not JSON (a comment or a comma too many makes it none)')
  }
  const parsed = settings.safeParse(value)
  if (!parsed.success)
    throw new SettingsProblem(`its ${parsed.error.issues[0]?.path.join('.')} is not what Claude reads`)
  return value as Settings
}

/** Holds that nothing but our hooks changed, as it would where a file has a key twice. */
function check(before: Settings, after: Settings, own: Pick<OwnHooks, 'isOwn'>): void {
  if (JSON.stringify(others(before, own)) !== JSON.stringify(others(after, own))) throw confused()
}

function confused(): SettingsProblem {
  return new SettingsProblem('it has a key twice, so an edit would change more than our hooks')
}

/** The settings without our hooks and without what is empty then. */
function others({hooks = {}, ...rest}: Settings, {isOwn}: Pick<OwnHooks, 'isOwn'>): unknown {
  const kept = Object.entries(hooks).flatMap(([event, groups]) => {
    const left = groups.flatMap(one => {
      const isOther = (hook: {command?: string | undefined}) => hook.command === undefined || !isOwn(hook.command)
      const own = (one.hooks ?? []).filter(isOther)
      return own.length === 0 && (one.hooks ?? []).length > 0 ? [] : [{...one, ...(one.hooks && {hooks: own})}]
    })
    return left.length === 0 ? [] : [[event, left] as const]
  })
  return {...rest, hooks: Object.fromEntries(kept)}
}

/** Puts a member of an object, or an element of an array (`key` null), behind the last one, laid out as the file is. */
function insert(text: string, parent: JSONPath, key: string | null, value: unknown): string {
  const root = parseTree(text)!
  const place = findNodeAtLocation(root, parent)
  // The value of a key that comes twice is the last one; the parser finds the first.
  if (place === undefined) throw confused()
  const {offset, length, children = []} = place
  const {unit, eol, isLaidOut} = layoutOf(text)
  const outer = unit.repeat(parent.length)
  const body = isLaidOut
    ? JSON.stringify(value, null, unit).replaceAll('\n', eol + outer + unit)
    : JSON.stringify(value)
  const item = key === null ? body : `${JSON.stringify(key)}: ${body}`
  const last = children.at(-1)
  if (last) {
    const end = last.offset + last.length
    return `${text.slice(0, end)},${isLaidOut ? eol + outer + unit : ' '}${item}${text.slice(end)}`
  }
  const inside = isLaidOut ? `${eol}${outer}${unit}${item}${eol}${outer}` : item
  return text.slice(0, offset + 1) + inside + text.slice(offset + length - 1)
}

/** Takes a member or an element out, with the comma and the space before it. */
function cut(text: string, path: JSONPath): string {
  const value = findNodeAtLocation(parseTree(text)!, path)
  if (value === undefined) throw confused()
  const node = typeof path.at(-1) === 'string' ? value.parent! : value
  const {offset, length, children = []} = node.parent!
  const index = children.indexOf(node)
  const [previous, next] = [children[index - 1], children[index + 1]]
  if (previous) return text.slice(0, previous.offset + previous.length) + text.slice(node.offset + node.length)
  if (next) return text.slice(0, node.offset) + text.slice(next.offset)
  return text.slice(0, offset + 1) + text.slice(offset + length - 1)
}

/** How the file is laid out; one that holds nothing gets the client's own way. */
function layoutOf(text: string): {unit: string; eol: string; isLaidOut: boolean} {
  return {
    unit: /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ',
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    isLaidOut: text.trim().includes('\n') || /^\s*\{\s*\}\s*$/.test(text),
  }
}
