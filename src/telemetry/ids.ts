/** A trace's and a span's id, 32 and 16 hex digits. */
export type SpanIds = {traceId: string; spanId: string}

/**
 * Gives the next span chosen ids instead of new ones: `prime` it and start the span in the same breath.
 * A ticket's root span gets its ids when it is claimed and is written when it is merged, by another process perhaps.
 */
export type IdPrimer = {prime(ids: SpanIds): void}

/** The SDK's id generator with primed ids first. */
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
