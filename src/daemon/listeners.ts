/** The listeners of one event. */
export type Listeners<Args extends unknown[]> = {
  add(listener: (...args: Args) => void): void
  /** Calls every listener, in the order in which they were added. */
  call(...args: Args): void
}

/** Makes an empty list of functions that are called together. */
export function createListeners<Args extends unknown[]>(): Listeners<Args> {
  const listeners: ((...args: Args) => void)[] = []
  return {
    add: listener => void listeners.push(listener),
    call(...args) {
      for (const listener of listeners) listener(...args)
    },
  }
}
