/**
 * How a command finds its repository and reaches its processes. Loaded when a command does so: the help and the version
 * wait for none of it.
 */
export {hostEnvironment, placeOf, surroundingsOf} from '../daemon/place.ts'
export {connect} from '../rpc/connect.ts'
export {ensureDaemon, ensureHost, runningPass} from '../rpc/ensure.ts'
export {startTelemetry} from '../telemetry/telemetry.ts'
