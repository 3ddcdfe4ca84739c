/**
 * What a command needs to find its repository and connect to its processes. It is loaded on first use, so that help and
 * version start without it.
 */
export {hostEnvironment, placeOf, surroundingsOf} from '../daemon/place.ts'
export {daemonElsewhere} from '../rpc/clone-lock.ts'
export {connect} from '../rpc/connect.ts'
export {ensureDaemon, ensureHost, runningPass} from '../rpc/ensure.ts'
export {startTelemetry} from '../telemetry/telemetry.ts'
