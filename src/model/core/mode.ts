import type {Config} from '../data/config.ts'
import type {Mode} from './facts.ts'

/** What the configuration lets the daemon do without being asked. */
export function modeOf({routing, bundling}: Config): Mode {
  return {
    routing: routing.auto ? 'auto' : 'by hand',
    landing: !bundling.enabled ? 'by hand' : bundling.schedule_minutes === 0 ? 'at once' : 'train',
  }
}

/** The mode after a change of the configuration. A part that the change does not concern stays as it was chosen. */
export function modeAfter(mode: Mode, before: Config, after: Config): Mode {
  const [was, is] = [modeOf(before), modeOf(after)]
  return {
    routing: was.routing === is.routing ? mode.routing : is.routing,
    landing: was.landing === is.landing ? mode.landing : is.landing,
  }
}
