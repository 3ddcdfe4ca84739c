import {MEMORY_STATUSES, MEMORY_TYPES, type MemoryStatus, type MemoryType} from '../../model/hub/memory/memory.ts'
import type {RecallParams} from '../../protocol/daemon.ts'

/** Most memories that the browser shows; a narrower search finds the others. */
const MOST = 100
/** Longest search that is sent: more words add nothing. */
const LONGEST = 500

const FILTER = /^(type|tag|file|status):(\S+)$/i

/**
 * A search as it is typed: words, and filters such as `type:gotcha`, `tag:docker`, `file:src/cart`, `status:all`. A filter
 * that names nothing known is a word, so that a half-typed one does not empty the list.
 */
export function memoryQuery(text: string): RecallParams {
  const words: string[] = []
  const tags: string[] = []
  const files: string[] = []
  const types: MemoryType[] = []
  let statuses: readonly MemoryStatus[] | undefined
  for (const word of text.slice(0, LONGEST).split(/\s+/).filter(Boolean)) {
    const [, name = '', value = ''] = FILTER.exec(word) ?? []
    const key = name.toLowerCase()
    const type = MEMORY_TYPES.find(known => known === value.toLowerCase())
    const status = MEMORY_STATUSES.find(known => known === value.toLowerCase())
    if (key === 'tag') tags.push(value)
    else if (key === 'file') files.push(value)
    else if (key === 'type' && type) types.push(type)
    else if (key === 'status' && value.toLowerCase() === 'all') statuses = MEMORY_STATUSES
    else if (key === 'status' && status) statuses = [...(statuses ?? []), status]
    else words.push(word)
  }
  return {
    query: words.join(' '),
    limit: MOST,
    ...(tags.length === 0 ? {} : {tags}),
    ...(files.length === 0 ? {} : {files}),
    ...(types.length === 0 ? {} : {types}),
    ...(statuses === undefined ? {} : {statuses}),
  }
}
