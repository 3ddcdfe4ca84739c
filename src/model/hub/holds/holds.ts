import {deedOf, type ToolCall} from './call.ts'
import {mentions} from './coarse.ts'
import {commandHolds, hasWord, placesOf} from './commands.ts'
import {isComposeFile, isMigrationFile} from './files.ts'
import {wordsOf} from './names.ts'
import {holdsPath, resolved} from './paths.ts'
import {startedBy} from './programs.ts'
import {toolPushes} from './push.ts'
import type {Resource} from './resource.ts'

/**
 * Whether a tool call is of what a resource names. What cannot be read for certain is, if it has a word of the resource. It
 * keeps sessions apart that want to work together; it is no wall against one that hides what it does.
 */
export function holds(resource: Resource, call: ToolCall): boolean {
  if (!mentions(resource, JSON.stringify([call.tool, call.input, call.directory]))) return false
  const {lines, paths, words} = deedOf(call)
  if (lines.some(line => lineHolds(resource, line, call))) return true
  if (paths.some(path => pathHolds(resource, path, call))) return true
  if (words === null) return false
  return toolHolds(resource, call, words)
}

function lineHolds(resource: Resource, line: string, call: ToolCall): boolean {
  const {invocations, unknown} = startedBy(line)
  const places = placesOf(invocations, call)
  if (invocations.some(invocation => commandHolds(resource, invocation, places))) return true
  return unknown && mentions(resource, JSON.stringify(line))
}

function pathHolds(resource: Resource, path: string, call: ToolCall): boolean {
  switch (resource.kind) {
    case 'compose':
      return isComposeFile(path)
    case 'migration':
      return isMigrationFile(resolved(path, call.directory))
    case 'path':
      return holdsPath(resource.pattern, path, call)
    case 'word':
      return hasWord(path, resource.word)
    default:
      return false
  }
}

/** Whether a tool of another program is of the resource, by its name and by what it is given. */
function toolHolds(resource: Resource, {tool, input}: ToolCall, words: readonly string[]): boolean {
  const name = wordsOf(tool)
  switch (resource.kind) {
    case 'docker':
    case 'compose':
      return name.includes(resource.kind)
    case 'migration':
      return name.some(word => /^migrat(?:e|ions?)$/.test(word))
    case 'push':
      return toolPushes(resource.branch, tool, input)
    case 'word':
      return words.some(word => hasWord(word, resource.word))
    case 'path':
      return false
  }
}
