export type Mutex = {
  /** Runs tasks one after another in the order of the calls; one task's failure does not stop the next. */
  run<T>(task: () => Promise<T>): Promise<T>
}

export function createMutex(): Mutex {
  let tail: Promise<unknown> = Promise.resolve()
  return {
    run(task) {
      const result = tail.then(task)
      tail = result.catch(() => {})
      return result
    },
  }
}

/** Keeps one mutex for each key, and drops it when no task uses it. */
export function createKeyedMutex(): {run<T>(key: string, task: () => Promise<T>): Promise<T>} {
  const held = new Map<string, {mutex: Mutex; users: number}>()
  return {
    async run(key, task) {
      const entry = held.get(key) ?? {mutex: createMutex(), users: 0}
      held.set(key, entry)
      entry.users++
      try {
        return await entry.mutex.run(task)
      } finally {
        entry.users--
        if (entry.users === 0) held.delete(key)
      }
    },
  }
}
