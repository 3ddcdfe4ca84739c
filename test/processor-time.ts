/**
 * Starts to count the processor time of this thread; the result gives what was used since, in milliseconds. A machine
 * that is busy with other things makes work no slower by this measure.
 */
export function processorTime(): () => number {
  const begun = process.threadCpuUsage()
  return () => {
    const {user, system} = process.threadCpuUsage(begun)
    return (user + system) / 1000
  }
}
