/** A trace's and a span's id, 32 and 16 hex digits. */
type SpanIds = {traceId: string; spanId: string}

/**
 * Gives the next span chosen ids instead of random ones. Call `prime` directly before you start the span.
 * A ticket's root span gets its ids at the claim and is written at the merge, perhaps by another process.
 */
export type IdPrimer = {prime(ids: SpanIds): void}

/** Makes an id generator for the SDK that gives primed ids first. */
export function createPrimedIds(random: {
  generateTraceId(): string
  generateSpanId(): string
}): IdPrimer & typeof random {
  let primed: Partial<SpanIds> = {}
  return {
    prime(ids) {
      primed = {...ids}
    },
    generateTraceId() {
      const {traceId = random.generateTraceId()} = primed
      delete primed.traceId
      return traceId
    },
    generateSpanId() {
      const {spanId = random.generateSpanId()} = primed
      delete primed.spanId
      return spanId
    },
  }
}
