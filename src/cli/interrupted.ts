/** Resolves at SIGINT or SIGTERM, or when `ended` resolves because the daemon ended. */
export async function untilInterrupted(ended: Promise<void>): Promise<void> {
  const stop = Promise.withResolvers<void>()
  const end = () => stop.resolve()
  process.once('SIGINT', end).once('SIGTERM', end)
  try {
    await Promise.race([stop.promise, ended])
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end)
  }
}
