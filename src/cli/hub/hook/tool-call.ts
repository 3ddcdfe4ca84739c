import {type HookWork, noteBegun} from './answers.ts'

/** A tool is about to be called. */
export async function onToolCall(work: HookWork): Promise<void> {
  await noteBegun(work)
}
