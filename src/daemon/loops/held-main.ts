import {redact} from '../../base/redact.ts'
import {safeLine, truncate} from '../../base/text.ts'
import type {Fact} from '../../model/core/facts.ts'
import {heldMain} from '../../model/hub/holds/train.ts'
import {heldCause} from '../../model/landing/halt.ts'
import type {HubLook} from './hub-state.ts'

/** Longest text of a session in the reason. */
const SHOWN = 120

/** Tells the decisions when a blocker begins or ends to hold main. A hub that cannot be read holds nothing. */
export function watchMain(options: {
  project: string
  branch: string
  dispatch: (fact: Fact) => void
}): (found: HubLook | null, now: number) => void {
  let told: string | null = null
  return (found, now) => {
    const {project, branch, dispatch} = options
    const held = found && heldMain({...found, project, branch, now})
    const cause = held && heldCause({...held, by: shown(held.by), why: shown(held.why)})
    if ((cause?.reason ?? null) === told) return
    told = cause?.reason ?? null
    dispatch({type: 'mainHeld', held: cause})
  }
}

function shown(text: string): string {
  return truncate(safeLine(redact(text)), SHOWN)
}
