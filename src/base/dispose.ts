/** Makes a disposable from a function, which runs at most once. */
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
