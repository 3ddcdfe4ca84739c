import {vi} from 'vitest'

/** How long a busy machine may take for what is there within milliseconds on a quiet one. */
const PATIENCE_MS = 15_000

/** Vitest's own is a second. It runs before each test file, and a worker has one `vi` for all of them. */
const patient = vi as typeof vi & {isPatient?: boolean}
if (!patient.isPatient) {
  const {waitFor} = vi
  vi.waitFor = (look, options) =>
    waitFor(look, {timeout: PATIENCE_MS, ...(typeof options === 'number' ? {timeout: options} : options)})
  patient.isPatient = true
}
