import {nameOf, wordsOf} from './names.ts'
import {targetsOf} from './programs.ts'
import type {Argument, Invocation} from './shell.ts'
import {wildcardsMeet} from './wildcards.ts'

/** Options of git and of its push whose value is the next word. */
const GIT_VALUES = new Set([
  '-C',
  '-c',
  '--git-dir',
  '--work-tree',
  '--namespace',
  '--exec-path',
  '--config-env',
  '--super-prefix',
])
const PUSH_VALUES = new Set(['-o', '--push-option', '--receive-pack', '--exec', '--repo'])
const ALL_BRANCHES = new Set(['--all', '--branches', '--mirror'])

/** Whether a command may move a branch on the remote. Where it does not say which branch, it may be this one. */
export function pushes(branch: string, invocation: Invocation): boolean {
  const {program, args} = invocation
  const name = nameOf(program)
  if (name === 'git') return gitPushes(branch, args)
  if (name === 'git-push' || name === 'git-send-pack') return pushMoves(branch, args)
  const words = args.filter(({value}) => !value.startsWith('-')).map(({value}) => value)
  if (name === 'gh' || name === 'glab') return forgeMoves(words, args)
  if (name === 'hub' || name === 'jj' || name === 'sl' || name === 'gt')
    return words.some(word => word === 'push' || word === 'merge')
  return targetsOf(invocation).some(target => wordsOf(target).includes('push'))
}

/** Whether a tool of another program may move it: what it does, and the branch that it names. */
export function toolPushes(branch: string, tool: string, input: Readonly<Record<string, unknown>>): boolean {
  const action = tool.split('__').at(-1) ?? tool
  const moves =
    wordsOf(action).some(word => word === 'push' || word === 'merge') ||
    /create_or_update_file|delete_file/.test(action)
  if (!moves || !/git|hub|lab|forge|bitbucket|repo/i.test(tool)) return false
  const named = input.branch ?? input.base
  return typeof named !== 'string' || wildcardsMeet(branch, branchOf(named))
}

function gitPushes(branch: string, args: readonly Argument[]): boolean {
  let at = 0
  while (at < args.length && args[at]?.value.startsWith('-')) at += GIT_VALUES.has(args[at]?.value ?? '') ? 2 : 1
  const sub = args[at]
  if (sub === undefined) return false
  const rest = args.slice(at + 1)
  if (sub.isOpen) return true
  if (sub.value === 'push') return pushMoves(branch, rest)
  if (sub.value === 'svn') return rest.some(({value}) => value === 'dcommit')
  if (sub.value === 'subtree') return rest.some(({value}) => value === 'push')
  if (sub.value === 'send-pack' || sub.value === 'http-push') return true
  // An alias, such as pushf.
  return /push/i.test(sub.value)
}

function pushMoves(branch: string, args: readonly Argument[]): boolean {
  const words: Argument[] = []
  let deletes = false
  let remoteNamed = false
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]
    if (argument === undefined) break
    const {value} = argument
    if (ALL_BRANCHES.has(value)) return true
    if (value === '--dry-run' || value === '-n') return false
    if (value === '--delete' || value === '-d') deletes = true
    if (value.startsWith('--repo')) remoteNamed = true
    if (PUSH_VALUES.has(value)) at++
    else if (!value.startsWith('-')) words.push(argument)
  }
  const refspecs = remoteNamed ? words : words.slice(1)
  // A remote that is a variable may be several words.
  if (refspecs.length === 0 || words.some(({isOpen}) => isOpen)) return true
  return refspecs.some(({value}, at) => {
    if (value === 'tag' || refspecs[at - 1]?.value === 'tag') return false
    return deletes ? wildcardsMeet(branch, branchOf(value)) : moves(branch, value)
  })
}

function moves(branch: string, refspec: string): boolean {
  const [from = '', to] = refspec.replace(/^\+/, '').split(':')
  const target = to === undefined || to === '' ? (from === '' ? to : from) : to
  // `:` alone is every branch that both sides have; HEAD is the branch that is checked out.
  if (target === undefined || target === '' || target === 'HEAD' || target === '@') return true
  return !target.startsWith('refs/') || target.startsWith('refs/heads/')
    ? wildcardsMeet(branch, branchOf(target))
    : false
}

function branchOf(name: string): string {
  return name.replace(/^refs\/heads\//, '').replace(/^heads\//, '')
}

/** A merge on the forge, or a change of a branch by its API. */
function forgeMoves(words: readonly string[], args: readonly Argument[]): boolean {
  if (/^(?:pr|mr)$/.test(words[0] ?? '') && words[1] === 'merge') return true
  if (words[0] !== 'api') return false
  const changes = args.some(({value}) => /^(?:-X|--method|-f|-F|--field|--raw-field|--input)/.test(value))
  return changes && words.some(word => /merge|heads/.test(word))
}
