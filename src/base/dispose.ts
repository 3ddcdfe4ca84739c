/** A disposable from a function; disposing twice runs it once. */
export function disposable(dispose: () => void): Disposable {
  let done = false
  return {
    [Symbol.dispose]() {
      if (done) return
      done = true
      dispose()
    },
  }
}
