import type {CallMessage, WorkerMessage} from './calls.ts'
import {openEngine} from './open-engine.ts'
import type {HubPlace} from './place.ts'
import {troubleOf} from './trouble.ts'

/** Opens the engine of a hub's place. Gives a function that runs a call, posts what comes of it, and says whether it succeeded. */
export function serveCalls(
  place: HubPlace,
  post: (message: WorkerMessage) => void,
): (call: CallMessage) => Promise<boolean> {
  const engine = openEngine({place, notify: post})
  return async call => {
    try {
      post({type: 'result', id: call.id, result: await (await engine).run(call)})
      return true
    } catch (error) {
      const {kind, message} = troubleOf(error)
      post({type: 'trouble', id: call.id, kind, message})
      return false
    }
  }
}
