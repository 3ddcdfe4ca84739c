import type {Clock} from '../base/clock.ts'
import type {ErrorCode} from '../base/error-codes.ts'

/** So many failures in a row, of whatever effects, show that the outside does not work. */
const OPENS_AFTER = 3
/** While it does not work, one effect tries in this time; the pause grows with each failure. */
const FIRST_GAP_MS = 500
const LAST_GAP_MS = 15_000

type Circuit = {failures: number; next: number; waiting: Set<() => void>}

/** Lets many effects that fail for the same reason try one after another, until one of them works. */
export type Breaker = Disposable & {
  /** Notes a failure. */
  failed(code: ErrorCode): void
  /** Resolves when an effect that failed so may try again: in its turn, or because another one works. */
  turn(code: ErrorCode): Promise<void>
  /** Notes that an effect that failed so works, or fails for another reason. */
  worked(code: ErrorCode): void
}

/** Makes a breaker in which nothing has failed yet. */
export function createBreaker(clock: Clock): Breaker {
  const circuits = new Map<ErrorCode, Circuit>()

  function close(code: ErrorCode): void {
    const circuit = circuits.get(code)
    circuits.delete(code)
    for (const release of circuit?.waiting ?? []) release()
  }

  return {
    failed(code) {
      const circuit = circuits.get(code) ?? {failures: 0, next: 0, waiting: new Set()}
      circuits.set(code, circuit)
      circuit.failures += 1
    },
    async turn(code) {
      const circuit = circuits.get(code)
      if (!circuit || circuit.failures < OPENS_AFTER) return
      const at = clock.monotonic()
      const gap = Math.min(FIRST_GAP_MS * 2 ** Math.min(circuit.failures - OPENS_AFTER, 20), LAST_GAP_MS)
      const turn = Math.max(circuit.next, at)
      circuit.next = turn + gap
      if (turn === at) return
      const {promise, resolve} = Promise.withResolvers<void>()
      using _timer = clock.after(turn - at, resolve)
      circuit.waiting.add(resolve)
      await promise
      circuit.waiting.delete(resolve)
    },
    worked: close,
    [Symbol.dispose]() {
      for (const code of [...circuits.keys()]) close(code)
    },
  }
}
