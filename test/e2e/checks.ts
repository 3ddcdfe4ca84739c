import {shopCi} from '../../fixtures/demo/ci.ts'
import type {CiScript} from '../../fixtures/github/world/checks.ts'

/** The demo's checks without their waiting. */
export const quickCi: CiScript = async run => {
  const {checks} = await shopCi(run)
  return {checks: checks.map(check => ({...check, durationMs: 20}))}
}
