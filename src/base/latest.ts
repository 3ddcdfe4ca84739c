/**
 * Runs `work` on one value at a time; of the values that come meanwhile only the newest counts. When `work` fails,
 * `onError` takes the error and the newest value follows.
 */
export function latestOnly<T>(work: (value: T) => Promise<void>, onError: (error: unknown) => void) {
  let next: {value: T} | undefined
  let busy = false

  async function run(): Promise<void> {
    if (busy) return
    busy = true
    for (let now = next; now; now = next) {
      next = undefined
      try {
        await work(now.value)
      } catch (error) {
        onError(error)
      }
    }
    busy = false
  }

  return (value: T): void => {
    next = {value}
    void run()
  }
}
