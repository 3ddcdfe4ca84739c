import type {Clock} from '../../base/clock.ts'
import {ClambakeError, toErrorData} from '../../base/errors.ts'
import {watchSilence} from '../../base/silence.ts'
import type {HostGateway} from '../../model/gateways/host.ts'
import type {Troubles} from '../troubles.ts'

/** Shows as a trouble that the terminal host does not answer: agents' terminals stand still, and nothing else says so. */
export function watchHost(options: {
  host: Pick<HostGateway, 'output'>
  clock: Clock
  troubles: Pick<Troubles, 'report'>
}): Disposable {
  const {host, clock, troubles} = options
  const silent = new ClambakeError({
    code: 'host-away',
    message: "The terminal host does not answer, so agents' terminals stand still: clambake doctor says what to do",
  })
  return watchSilence({
    clock,
    ask: () => host.output(),
    onSilent: () => troubles.report('host', toErrorData(silent)),
    onAnswer: () => troubles.report('host', null),
  })
}
